/** fs.Stats and fs.Dirent. */
const TYPE_MASK = 0o170000;

export class Stats {
  readonly dev: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly blksize: number;
  readonly ino: number;
  readonly size: number;
  readonly blocks: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;

  /** Numbers in the order of the engine's `stat`. */
  constructor(numbers: readonly number[]) {
    const at = (index: number): number => numbers[index] as number;
    this.dev = at(0);
    this.mode = at(1);
    this.nlink = at(2);
    this.uid = at(3);
    this.gid = at(4);
    this.rdev = at(5);
    this.blksize = at(6);
    this.ino = at(7);
    this.size = at(8);
    this.blocks = at(9);
    this.atimeMs = at(10);
    this.mtimeMs = at(11);
    this.ctimeMs = at(12);
    this.birthtimeMs = at(13);
  }

  get atime(): Date {
    return new Date(this.atimeMs);
  }
  get mtime(): Date {
    return new Date(this.mtimeMs);
  }
  get ctime(): Date {
    return new Date(this.ctimeMs);
  }
  get birthtime(): Date {
    return new Date(this.birthtimeMs);
  }

  #is(type: number): boolean {
    return (this.mode & TYPE_MASK) === type;
  }
  isFile(): boolean {
    return this.#is(0o100000);
  }
  isDirectory(): boolean {
    return this.#is(0o040000);
  }
  isSymbolicLink(): boolean {
    return this.#is(0o120000);
  }
  isCharacterDevice(): boolean {
    return this.#is(0o020000);
  }
  isBlockDevice(): boolean {
    return this.#is(0o060000);
  }
  isFIFO(): boolean {
    return this.#is(0o010000);
  }
  isSocket(): boolean {
    return this.#is(0o140000);
  }
}

/** DT_* of dirent.h. */
const DT = { fifo: 1, character: 2, directory: 4, block: 6, file: 8, link: 10, socket: 12 } as const;

export class Dirent {
  readonly name: string;
  readonly parentPath: string;
  readonly path: string;
  readonly #type: number;

  constructor(name: string, parentPath: string, type: number) {
    this.name = name;
    this.parentPath = parentPath;
    this.path = parentPath;
    this.#type = type;
  }

  isFile(): boolean {
    return this.#type === DT.file;
  }
  isDirectory(): boolean {
    return this.#type === DT.directory;
  }
  isSymbolicLink(): boolean {
    return this.#type === DT.link;
  }
  isCharacterDevice(): boolean {
    return this.#type === DT.character;
  }
  isBlockDevice(): boolean {
    return this.#type === DT.block;
  }
  isFIFO(): boolean {
    return this.#type === DT.fifo;
  }
  isSocket(): boolean {
    return this.#type === DT.socket;
  }
}
