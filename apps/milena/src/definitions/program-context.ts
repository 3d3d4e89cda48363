/** What the program takes from the process. */
export interface ProgramContext {
  readonly environment: NodeJS.ProcessEnv;
}
