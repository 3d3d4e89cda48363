/** The cluster is at a level that this program does not know: it would replay the metadata wrongly, and decide wrongly. */
export class UnsupportedFeatureLevel extends Error {
  override readonly name = 'UnsupportedFeatureLevel';
}
