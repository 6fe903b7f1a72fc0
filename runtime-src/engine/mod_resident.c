/*
 * native:resident: the serving side of resident_protocol.h. `serve` forks, for each client, a worker in which everything is
 * already initialised; the worker becomes the client (descriptors, folder, umask, environment, arguments) and runs the
 * handler on a new event loop. Only uid 0, or our own, is served (SO_PEERCRED).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine.h"
#include "fork.h"
#include "libc.h"
#include "resident_protocol.h"

typedef struct {
  pid_t pid;
  int connection;
} Worker;

static JSValue client_gone = STATIC_UNDEFINED;
static int connection_fd = -1;
/* Descriptors of the resident that its workers keep. */
#define MAX_KEPT_FDS 8
static int kept_fds[MAX_KEPT_FDS], kept_fd_count;
static Watch *connection_watch;

static void send_message(int fd, uint32_t kind, int32_t value) {
  Message message = {kind, value};
  ssize_t n;
  do n = send(fd, &message, sizeof(message), MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
}

/* --- in the worker --- */
static bool receive_all(int fd, char *data, size_t size) {
  while (size) {
    ssize_t n = recv(fd, data, size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data += n;
    size -= n;
  }
  return true;
}

static bool receive_request(int fd, Request *request, int fds[RESIDENT_FDS]) {
  union {
    char room[CMSG_SPACE(RESIDENT_FDS * sizeof(int))];
    struct cmsghdr header;
  } control;
  struct iovec part = {request, sizeof(*request)};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof(control.room)};
  ssize_t n;
  do n = recvmsg(fd, &message, MSG_WAITALL | MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n != sizeof(*request) || request->magic != RESIDENT_MAGIC) return false;
  if (request->string_bytes > RESIDENT_MAX_STRING_BYTES || request->argc == 0) return false;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(RESIDENT_FDS * sizeof(int)))
    return false;
  memcpy(fds, CMSG_DATA(header), RESIDENT_FDS * sizeof(int));
  return true;
}

/* `count` strings from *at into a new vector; false when the block has fewer. */
static bool take_vector(char **at, char *end, uint32_t count, char ***vector) {
  if (count > RESIDENT_MAX_STRING_BYTES) return false;
  *vector = calloc(count + 1, sizeof(char *));
  if (!*vector) abort();
  for (uint32_t i = 0; i < count; i++) {
    char *stop = memchr(*at, 0, end - *at);
    if (!stop) return false;
    (*vector)[i] = *at;
    *at = stop + 1;
  }
  return true;
}

/* What ps shows: the client's command line instead of the agent's. Needs CAP_SYS_RESOURCE; without it nothing changes. */
static void show_command_line(char **argv, int argc) {
  char *start = argv[0], *end = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
  prctl(PR_SET_MM, PR_SET_MM_ARG_START, start, 0, 0);
  prctl(PR_SET_MM, PR_SET_MM_ARG_END, end, 0, 0);
}

/* All but the standard descriptors, the connection and what the resident said. */
static void close_others(void) {
  int keep[MAX_KEPT_FDS + 1];
  memcpy(keep, kept_fds, sizeof(kept_fds));
  keep[kept_fd_count] = connection_fd;
  close_all_but(keep, kept_fd_count + 1);
}

static bool become_client(int connection) {
  Request request;
  int fds[RESIDENT_FDS];
  if (!receive_request(connection, &request, fds)) return false;
  char *strings = malloc(request.string_bytes + 1), *at = strings, *end = strings + request.string_bytes;
  if (!strings || !receive_all(connection, strings, request.string_bytes)) return false;
  char **argv, **envp;
  if (!take_vector(&at, end, request.argc, &argv) || !take_vector(&at, end, request.envc, &envp)) return false;
  if (fchdir(fds[3]) < 0) return false;
  umask(request.umask & 0777);
  /* received numbers can lie below 3 when the agent runs without standard descriptors */
  for (int i = 0; i < RESIDENT_FDS - 1; i++)
    if ((fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 16)) < 0) return false;
  if ((connection = fcntl(connection, F_DUPFD_CLOEXEC, 16)) < 0) return false;
  for (int i = 0; i < RESIDENT_FDS - 1; i++) dup2(fds[i], i);
  connection_fd = connection;
  close_others();
  engine.argc = request.argc;
  engine.argv = argv;
  environ = envp;
  show_command_line(argv, request.argc);
  return true;
}

static void on_connection_data(Watch *watch, uint32_t events) {
  (void)events;
  Message message;
  ssize_t n = recv(watch->fd, &message, sizeof(message), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n == sizeof(message)) {
    if (message.kind == REQUEST_SIGNAL) kill(getpid(), message.value);
    return;
  }
  watch_remove(watch);
  connection_watch = NULL;
  if (JS_IsFunction(engine.ctx, client_gone)) call_back(engine.ctx, client_gone, 0, NULL);
  else raise(SIGHUP); /* as when a terminal goes away */
}

__attribute__((noreturn)) static void run_worker(int connection, JSValueConst handler) {
  allocator_start_fresh();
  loop_reset();
  setpgid(0, 0);
  client_gone = JS_UNDEFINED;
  if (!become_client(connection)) _exit(125);
  Watch *watch = watch_add(connection_fd, EPOLLIN | EPOLLRDHUP, on_connection_data, JS_UNDEFINED, NULL);
  if (watch) watch->ref = false;
  connection_watch = watch;
  send_message(connection_fd, REPLY_READY, 0);
  call_back(engine.ctx, handler, 0, NULL);
  loop_run(engine.ctx);
  _exit(13);
}

void resident_forget_client(void) {
  if (connection_fd >= 0) close(connection_fd);
  connection_fd = -1;
  connection_watch = NULL;
}

void resident_end_client(int exit_code) {
  if (connection_fd >= 0) send_message(connection_fd, REPLY_STATUS, exit_code << 8);
}

/* --- in the resident --- */
static void on_worker_exit(Watch *watch, uint32_t events) {
  (void)events;
  Worker *worker = watch->data;
  int status = 0;
  if (waitpid(worker->pid, &status, WNOHANG) == 0) return;
  send_message(worker->connection, REPLY_STATUS, status);
  close(worker->connection);
  free(worker);
  watch_remove(watch);
  close(watch->fd);
}

static bool is_allowed(int connection) {
  struct ucred peer;
  socklen_t size = sizeof(peer);
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return false;
  return peer.uid == 0 || peer.uid == geteuid();
}

static void on_client(Watch *watch, uint32_t events) {
  (void)events;
  int connection = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0) return;
  if (!is_allowed(connection)) {
    close(connection);
    return;
  }
  pid_t pid = fork();
  if (pid == 0) run_worker(connection, watch->callback);
  int pidfd = pid > 0 ? syscall(SYS_pidfd_open, pid, 0) : -1;
  Worker *worker = pidfd >= 0 ? malloc(sizeof(*worker)) : NULL;
  if (!worker) { /* the client sees the end of the stream and runs the command itself */
    close(connection);
    return;
  }
  *worker = (Worker){pid, connection};
  watch_add(pidfd, EPOLLIN, on_worker_exit, JS_UNDEFINED, worker);
}

/* serve(listenFd, handler, keep): id of the watch; handler runs in a new process for each client, with the descriptors
 * `keep` as they are here */
FUNCTION(serve) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  int64_t count;
  if (array_length(ctx, argv[2], &count)) return JS_EXCEPTION;
  if (count > MAX_KEPT_FDS) return throw_errno(ctx, EINVAL, "serve", NULL);
  for (kept_fd_count = 0; kept_fd_count < count; kept_fd_count++) {
    JSValue value = JS_GetPropertyUint32(ctx, argv[2], kept_fd_count);
    if (JS_ToInt32(ctx, &kept_fds[kept_fd_count], value)) return JS_EXCEPTION;
  }
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  share_heap(ctx);
  JSValue handler = JS_DupValue(ctx, argv[1]);
  Watch *watch = watch_add(fd, EPOLLIN, on_client, handler, NULL);
  if (watch) return JS_NewInt32(ctx, watch->id);
  JS_FreeValue(ctx, handler);
  return throw_errno(ctx, errno, "epoll_ctl", NULL);
}

FUNCTION(on_client_gone) {
  UNUSED_ARGUMENTS;
  JS_FreeValue(ctx, client_gone);
  client_gone = JS_DupValue(ctx, argv[0]);
  return JS_UNDEFINED;
}

/* hasClient(): whether this process is a worker whose client still waits for it */
FUNCTION(has_client) {
  UNUSED_ARGUMENTS;
  return JS_NewBool(ctx, connection_watch != NULL);
}

/* releaseClient(code): the client ends with that exit code now, the worker goes on without it */
FUNCTION(release_client) {
  UNUSED_ARGUMENTS;
  ARG_INT(code, 0);
  if (!connection_watch) return JS_UNDEFINED;
  resident_end_client(code & 255);
  watch_remove(connection_watch);
  connection_watch = NULL;
  close(connection_fd);
  connection_fd = -1;
  return JS_UNDEFINED;
}

const JSCFunctionListEntry native_resident[] = {
    JS_CFUNC_DEF("hasClient", 0, has_client),
    JS_CFUNC_DEF("releaseClient", 1, release_client),
    JS_CFUNC_DEF("serve", 3, serve),
    JS_CFUNC_DEF("onClientGone", 1, on_client_gone),
};
const int native_resident_count = countof(native_resident);
