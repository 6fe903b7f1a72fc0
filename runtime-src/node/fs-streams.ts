/** fs.createReadStream and createWriteStream. */
import { FdReadable, SyncWritable } from "./fd-stream.ts";
import { type EncodingOptions, optionsOf, type PathLike } from "./fs-arguments.ts";
import { closeSync, openSync } from "./fs-sync.ts";

interface StreamOptions extends EncodingOptions {
  flags?: string;
  fd?: number;
}

export class ReadStream extends FdReadable {
  readonly path: PathLike;
  constructor(path: PathLike, options: StreamOptions) {
    super(options.fd ?? openSync(path, options.flags ?? "r"));
    this.path = path;
    if (options.encoding) this.setEncoding(options.encoding);
  }
}

export class WriteStream extends SyncWritable {
  readonly path: PathLike;
  bytesWritten = 0;
  constructor(path: PathLike, options: StreamOptions) {
    super(options.fd ?? openSync(path, options.flags ?? "w", options.mode));
    this.path = path;
  }
  override _write(data: Uint8Array | string, done: (error?: Error) => void): void {
    super._write(data, (error) => {
      if (!error) this.bytesWritten += data.length;
      done(error);
    });
  }
  override _destroy(): void {
    closeSync(this.fd);
  }
}

export function createReadStream(path: PathLike, options?: string | StreamOptions): ReadStream {
  return new ReadStream(path, optionsOf<StreamOptions>(options));
}

export function createWriteStream(path: PathLike, options?: string | StreamOptions): WriteStream {
  return new WriteStream(path, optionsOf<StreamOptions>(options));
}
