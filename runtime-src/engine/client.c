/*
 * `box` as its resident's client: hands argv, environment, descriptors and folder over a socket, passes signals on, exits
 * with the worker's status. Runs before anything of QuickJS, allocates nothing, so that few pages are touched.
 * The protocol is resident_protocol.h.
 */
#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "engine.h"
#include "resident_protocol.h"

#define STACK_STRING_BYTES 65536

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};
static volatile sig_atomic_t pending[32];

static void on_signal(int signal) { pending[signal] = 1; }

static int connect_resident(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(path);
  if (length >= sizeof(address.sun_path)) return -1;
  memcpy(address.sun_path, path, length + 1);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  int on = 1;
  if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
      setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0)
    return fd;
  close(fd);
  return -1;
}

static bool send_all(int fd, const char *data, size_t size) {
  while (size) {
    ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    data += n;
    size -= n;
  }
  return true;
}

static char *append(char *at, char *const *vector) {
  for (; *vector; vector++) at = stpcpy(at, *vector) + 1;
  return at;
}

static size_t measure(char *const *vector, uint32_t *count) {
  size_t size = 0;
  for (*count = 0; vector[*count]; ++*count) size += strlen(vector[*count]) + 1;
  return size;
}

static bool send_request(int fd, char **argv, char **envp) {
  Request request = {.magic = RESIDENT_MAGIC};
  size_t size = measure(argv, &request.argc) + measure(envp, &request.envc);
  if (size > RESIDENT_MAX_STRING_BYTES) return false;
  request.string_bytes = size;
  request.umask = umask(0);
  umask(request.umask);
  int fds[RESIDENT_FDS] = {0, 1, 2, open(".", O_PATH | O_CLOEXEC)};
  if (fds[3] < 0) return false;
  union {
    char room[CMSG_SPACE(sizeof(fds))];
    struct cmsghdr header;
  } control = {0};
  struct iovec part = {&request, sizeof(request)};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof(control.room)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){CMSG_LEN(sizeof(fds)), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(header), fds, sizeof(fds));
  bool sent = sendmsg(fd, &message, MSG_NOSIGNAL) == sizeof(request);
  close(fds[3]);
  if (!sent) return false;
  char *strings = size <= STACK_STRING_BYTES ? alloca(size) : malloc(size);
  if (!strings) return false;
  append(append(strings, argv), envp);
  return send_all(fd, strings, size);
}

/* 1: a message, 0: end of stream. The sender's pid, as our pid namespace sees it, goes to *pid. */
static int receive(int fd, Message *reply, pid_t *pid) {
  union {
    char room[CMSG_SPACE(sizeof(struct ucred))];
    struct cmsghdr header;
  } control;
  struct iovec part = {reply, sizeof(*reply)};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof(control.room)};
  ssize_t n;
  do n = recvmsg(fd, &message, MSG_WAITALL | MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (header && header->cmsg_type == SCM_CREDENTIALS) *pid = ((struct ucred *)CMSG_DATA(header))->pid;
  return n == sizeof(*reply);
}

/* What the caller ignores stays ignored. */
static void catch_signals(sigset_t *old_mask) {
  sigset_t mask;
  sigemptyset(&mask);
  for (size_t i = 0; i < countof(forwarded); i++) {
    struct sigaction old, action = {.sa_handler = on_signal};
    sigaction(forwarded[i], NULL, &old);
    if (old.sa_handler == SIG_IGN) continue;
    sigaction(forwarded[i], &action, NULL);
    sigaddset(&mask, forwarded[i]);
  }
  sigprocmask(SIG_BLOCK, &mask, old_mask);
}

static void send_signal(int fd, pid_t worker, int signal) {
  Message message = {REQUEST_SIGNAL, signal};
  if (worker > 0) kill(worker, signal);
  else send_all(fd, (char *)&message, sizeof(message));
}

/* The worker's process group is an orphan, which ignores SIGTSTP: both stop by SIGSTOP. */
static void stop_together(int fd, pid_t worker) {
  send_signal(fd, worker, SIGSTOP);
  raise(SIGSTOP);
  send_signal(fd, worker, SIGCONT);
  send_signal(fd, worker, SIGWINCH);
}

static void forward_signals(int fd, pid_t worker) {
  for (size_t i = 0; i < countof(forwarded); i++) {
    int signal = forwarded[i];
    if (!pending[signal]) continue;
    pending[signal] = 0;
    if (signal == SIGTSTP) stop_together(fd, worker);
    else if (signal != SIGCONT) send_signal(fd, worker, signal);
  }
}

/* Ends as the worker ended, so that a shell sees the same. */
static int end_as(int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  int signal_number = WTERMSIG(status);
  if (signal_number == SIGINT || signal_number == SIGTERM || signal_number == SIGHUP) {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal_number);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
  }
  return 128 + signal_number;
}

int client_run(int argc, char **argv, char **envp) {
  (void)argc;
  const char *path = getenv("BOX_SOCKET");
  int fd = connect_resident(path ? path : RESIDENT_PATH);
  if (fd < 0) return -1;
  sigset_t old_mask;
  catch_signals(&old_mask);
  struct termios settings;
  bool terminal = tcgetattr(0, &settings) == 0;
  bool ready = false;
  pid_t worker = 0, sender = 0;
  Message reply = {0, 0};
  if (send_request(fd, argv, envp)) {
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    for (;;) {
      if (ppoll(&wait, 1, NULL, &old_mask) < 0 && errno != EINTR) break;
      if (ready) forward_signals(fd, worker);
      if (!wait.revents) continue;
      if (!receive(fd, &reply, &sender) || reply.kind == REPLY_STATUS) break;
      worker = sender;
      ready = true;
      forward_signals(fd, worker);
    }
  }
  bool ended = ready && reply.kind == REPLY_STATUS;
  if (terminal && ready && !(ended && WIFEXITED(reply.value))) tcsetattr(0, TCSANOW, &settings);
  if (ended) return end_as(reply.value);
  if (!ready) { /* nothing ran: as if there were no resident */
    sigprocmask(SIG_SETMASK, &old_mask, NULL);
    for (size_t i = 0; i < countof(forwarded); i++) {
      struct sigaction old;
      sigaction(forwarded[i], NULL, &old);
      if (old.sa_handler == on_signal) signal(forwarded[i], SIG_DFL);
      if (pending[forwarded[i]]) raise(forwarded[i]);
    }
    close(fd);
    return -1;
  }
  static const char lost[] = "box: the agent ended while the command ran; start it again with `box agent`\n";
  if (write(2, lost, sizeof(lost) - 1) < 0) return 125;
  return 125;
}
