/*
 * native:net: unix(7) stream sockets with descriptors as ancillary data, netlink(7) and udp(7) sockets. Requests over
 * netlink are built in TypeScript; here they are bytes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine.h"

#define MAX_PASSED_FDS 32
#define BACKLOG 64

static bool address_of(const char *path, struct sockaddr_un *address) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof(address->sun_path)) return false;
  strcpy(address->sun_path, path);
  return true;
}

/* unixListen(path): fd, mode 0600 */
FUNCTION(net_unix_listen) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  struct sockaddr_un address;
  if (!address_of(path, &address)) return throw_errno(ctx, ENAMETOOLONG, "bind", path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return throw_errno(ctx, errno, "socket", path);
  mode_t old = umask(0177);
  int r = bind(fd, (struct sockaddr *)&address, sizeof(address));
  int err = errno;
  umask(old);
  if (r < 0) return close(fd), throw_errno(ctx, err, "bind", path);
  if (listen(fd, BACKLOG) == 0) return JS_NewInt32(ctx, fd);
  err = errno;
  close(fd);
  return throw_errno(ctx, err, "listen", path);
}

FUNCTION(net_unix_connect) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  struct sockaddr_un address;
  if (!address_of(path, &address)) return throw_errno(ctx, ENAMETOOLONG, "connect", path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return throw_errno(ctx, errno, "socket", path);
  if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) return JS_NewInt32(ctx, fd);
  int err = errno;
  close(fd);
  return throw_errno(ctx, err, "connect", path);
}

FUNCTION(net_accept) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  int r;
  do r = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
  while (r < 0 && errno == EINTR);
  return result_of(ctx, r, "accept", NULL);
}

/* peerCredentials(fd): [pid, uid, gid] */
FUNCTION(net_peer_credentials) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  struct ucred peer;
  socklen_t size = sizeof(peer);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return throw_errno(ctx, errno, "getsockopt", NULL);
  JSValue triple = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, triple, 0, JS_NewInt32(ctx, peer.pid));
  JS_SetPropertyUint32(ctx, triple, 1, JS_NewUint32(ctx, peer.uid));
  JS_SetPropertyUint32(ctx, triple, 2, JS_NewUint32(ctx, peer.gid));
  return triple;
}

/* sendMessage(fd, data, fds) */
FUNCTION(net_send_message) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  size_t size;
  uint8_t *data = bytes_argument(ctx, argv[1], &size);
  int64_t count;
  if (!data || array_length(ctx, argv[2], &count)) return JS_EXCEPTION;
  if (count > MAX_PASSED_FDS) return throw_errno(ctx, EINVAL, "sendmsg", NULL);
  union {
    char room[CMSG_SPACE(MAX_PASSED_FDS * sizeof(int))];
    struct cmsghdr header;
  } control = {0};
  struct iovec part = {data, size};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count) {
    message.msg_control = control.room;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    int *fds = (int *)CMSG_DATA(header);
    for (uint32_t i = 0; i < count; i++) {
      JSValue value = JS_GetPropertyUint32(ctx, argv[2], i);
      if (JS_ToInt32(ctx, &fds[i], value)) return JS_EXCEPTION;
    }
  }
  ssize_t n;
  do n = sendmsg(fd, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0) return throw_errno(ctx, errno, "sendmsg", NULL);
  for (size_t done = n; done < size; done += n) {
    n = send(fd, data + done, size - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) n = 0;
    else if (n < 0) return throw_errno(ctx, errno, "sendmsg", NULL);
  }
  return JS_UNDEFINED;
}

/* receiveMessage(fd, maxBytes): [data, fds], or null at end of stream */
FUNCTION(net_receive_message) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  ARG_INT(max_bytes, 1);
  union {
    char room[CMSG_SPACE(MAX_PASSED_FDS * sizeof(int))];
    struct cmsghdr header;
  } control;
  uint8_t *data = scratch(max_bytes > 0 ? max_bytes : 1);
  if (!data) return JS_ThrowOutOfMemory(ctx);
  struct iovec part = {data, max_bytes};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof(control.room)};
  ssize_t n;
  do n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n <= 0) {
    return n == 0 ? JS_NULL : throw_errno(ctx, errno, "recvmsg", NULL);
  }
  JSValue fds = JS_NewArray(ctx);
  uint32_t count = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t passed = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < passed; i++)
      JS_SetPropertyUint32(ctx, fds, count++, JS_NewInt32(ctx, ((int *)CMSG_DATA(header))[i]));
  }
  JSValue result = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, result, 0, new_bytes(ctx, data, n));
  JS_SetPropertyUint32(ctx, result, 1, fds);
  return result;
}

FUNCTION(net_shutdown) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  ARG_INT(how, 1);
  return done_or_throw(ctx, shutdown(fd, how), "shutdown", NULL);
}

FUNCTION(net_netlink) {
  UNUSED_ARGUMENTS;
  ARG_INT(protocol, 0);
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (fd < 0) return throw_errno(ctx, errno, "socket", NULL);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0) return JS_NewInt32(ctx, fd);
  int err = errno;
  close(fd);
  return throw_errno(ctx, err, "bind", NULL);
}

static bool inet_address(const char *text, int port, struct sockaddr_in *address) {
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
  return inet_pton(AF_INET, text, &address->sin_addr) == 1;
}

/* udpSocket(address, port): bound and non-blocking, in the network namespace of the moment */
FUNCTION(net_udp_socket) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(text, 0);
  ARG_INT(port, 1);
  struct sockaddr_in address;
  if (!inet_address(text, port, &address)) return throw_errno(ctx, EINVAL, "bind", text);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return throw_errno(ctx, errno, "socket", NULL);
  if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0) return JS_NewInt32(ctx, fd);
  int err = errno;
  close(fd);
  return throw_errno(ctx, err, "bind", text);
}

/* receiveFrom(fd, maxBytes): [data, address, port], or null when there is nothing */
FUNCTION(net_receive_from) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  uint8_t data[4096];
  struct sockaddr_in from;
  socklen_t size = sizeof(from);
  ssize_t n;
  do n = recvfrom(fd, data, sizeof(data), 0, (struct sockaddr *)&from, &size);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN) return JS_NULL;
  if (n < 0) return throw_errno(ctx, errno, "recvfrom", NULL);
  char text[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &from.sin_addr, text, sizeof(text));
  JSValue result = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, result, 0, new_bytes(ctx, data, n));
  JS_SetPropertyUint32(ctx, result, 1, JS_NewString(ctx, text));
  JS_SetPropertyUint32(ctx, result, 2, JS_NewInt32(ctx, ntohs(from.sin_port)));
  return result;
}

/* sendTo(fd, data, address, port) */
FUNCTION(net_send_to) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  size_t size;
  uint8_t *data = bytes_argument(ctx, argv[1], &size);
  if (!data) return JS_EXCEPTION;
  ARG_TEXT(text, 2);
  ARG_INT(port, 3);
  struct sockaddr_in to;
  if (!inet_address(text, port, &to)) return throw_errno(ctx, EINVAL, "sendto", text);
  ssize_t n;
  do n = sendto(fd, data, size, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof(to));
  while (n < 0 && errno == EINTR);
  return done_or_throw(ctx, n, "sendto", text);
}

const JSCFunctionListEntry native_net[] = {
    JS_CFUNC_DEF("unixListen", 1, net_unix_listen),
    JS_CFUNC_DEF("unixConnect", 1, net_unix_connect),
    JS_CFUNC_DEF("accept", 1, net_accept),
    JS_CFUNC_DEF("peerCredentials", 1, net_peer_credentials),
    JS_CFUNC_DEF("sendMessage", 3, net_send_message),
    JS_CFUNC_DEF("receiveMessage", 2, net_receive_message),
    JS_CFUNC_DEF("shutdown", 2, net_shutdown),
    JS_CFUNC_DEF("netlinkSocket", 1, net_netlink),
    JS_CFUNC_DEF("udpSocket", 2, net_udp_socket),
    JS_CFUNC_DEF("receiveFrom", 1, net_receive_from),
    JS_CFUNC_DEF("sendTo", 4, net_send_to),
};
const int native_net_count = countof(native_net);
