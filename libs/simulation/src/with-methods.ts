import type { Disk, DiskFile } from '@milena/platform';

/** The same object with some of its methods replaced; works for classes with private fields. */
export function withMethods<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get(object, key) {
      if (key in changes) return changes[key as keyof T];
      const value: unknown = Reflect.get(object, key);
      return typeof value === 'function' ? (value.bind(object) as unknown) : value;
    },
  });
}

/** A disk whose files are wrapped when they are opened. */
export function withFiles(disk: Disk, wrap: (file: DiskFile) => DiskFile): Disk {
  return withMethods(disk, { open: (path, options) => wrap(disk.open(path, options)) });
}
