/*
 * What `box` (client.c) and its resident (mod_resident.c, in `box agent`) say to each other over a unix stream socket.
 *
 *   client                               resident                      worker (forked for this request)
 *   connect                         ->   accept, SO_PEERCRED, fork  ->
 *   Request + strings, 4 descriptors ->                                takes descriptors, folder, umask, environment
 *                                   <-                                 REPLY_READY; its pid comes as SCM_CREDENTIALS
 *   signals: kill(2) on that pid, or REQUEST_SIGNAL where the client's pid namespace does not show it
 *                                   <-   REPLY_STATUS (waitpid status), once the worker is reaped
 *
 * End of stream before REPLY_READY: nothing ran, the client runs the command itself. End of stream at the worker: the
 * client died. The strings are argv then envp, each with its NUL; the descriptors are 0, 1, 2 and the working folder.
 */
#ifndef RESIDENT_PROTOCOL_H
#define RESIDENT_PROTOCOL_H
#include <stdint.h>

#define RESIDENT_PATH "/run/box/box.sock"
#define RESIDENT_MAGIC 0x31584247u /* "GBX1" */
#define RESIDENT_FDS 4
#define RESIDENT_MAX_STRING_BYTES (4u << 20)

typedef struct {
  uint32_t magic, string_bytes, argc, envc, umask;
} Request;

enum { REPLY_READY = 1, REPLY_STATUS = 2, REQUEST_SIGNAL = 3 };

typedef struct {
  uint32_t kind;
  int32_t value;
} Message;

#endif
