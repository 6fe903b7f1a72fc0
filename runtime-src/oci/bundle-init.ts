/** What a bundle's init has from its creator beyond a docker container's: see lifecycle.ts for who reads and writes. */
export interface BundleInit {
  /** exec.fifo, open for reading and writing: a byte in it is the word to start. */
  readonly startFifo: number;
  /** What goes wrong after that is written here; execve(2) closes it. */
  readonly resultFifo: number;
  /** The state as hooks get it, by the status it has then. */
  readonly stateText: (status: "creating" | "created", pid: number) => string;
}
