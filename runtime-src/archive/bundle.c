/*
 * `docker save`: the tar file that a plan on standard input describes, one line an entry, parts separated by tabs:
 *   folder NAME MTIME
 *   file   NAME MTIME SIZE PATH         a file as it is
 *   layer  NAME MTIME SIZE FOLDER       a layer's tar file, made again from its tree and recipe
 *   blob   NAME MTIME SIZE PATH         a compressed blob, expanded
 *   link   NAME MTIME TARGET
 * A layer whose size or digest (its name's last part) is not the one it must have is an error, not an image.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive.h"

static void copy(TarWriter *w, Stream *from, const char *name, uint64_t size) {
  const uint8_t *data;
  stream_hash(from);
  for (size_t n; (n = stream_take(from, &data, UINT64_MAX));) {
    if (from->taken > size) break;
    tar_put(w, data, n);
  }
  if (from->taken != size)
    fail("%s: has %llu bytes, not %llu; load or build the image again", name, (unsigned long long)from->taken,
         (unsigned long long)size);
  char hex[HEX_DIGITS + 1];
  sha256_hex(from->hash, hex);
  const char *base = strrchr(name, '/');
  base = base ? base + 1 : name;
  if (strlen(base) == HEX_DIGITS && strspn(base, "0123456789abcdef") == HEX_DIGITS && strcmp(base, hex))
    fail("%s: its content has the digest %s; load or build the image again", name, hex);
  tar_pad(w, size);
}

static Stream *stream_of_file(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_errno(errno, "%s", path);
  return stream_of_fd(fd, path);
}

static void put_layer(TarWriter *w, const char *name, uint64_t size, const char *folder) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) fail_errno(errno, "pipe");
  pid_t pid = fork();
  if (pid < 0) fail_errno(errno, "fork");
  if (pid == 0) {
    close(ends[0]);
    assemble_layer(folder, ends[1]);
    _exit(0);
  }
  close(ends[1]);
  copy(w, stream_of_fd(ends[0], name), name, size);
  close(ends[0]);
  int status;
  if (waitpid(pid, &status, 0) < 0 || status != 0) exit(1); /* it has said why */
}

static char *next(char **line) {
  char *part = strsep(line, "\t");
  if (!part) fail("plan: a part is missing");
  return part;
}

static void put_line(TarWriter *w, char *line) {
  char *kind = next(&line), *name = next(&line);
  Entry e = {.path = name, .type = '0', .mode = 0644, .mtime = {.tv_sec = strtoll(next(&line), NULL, 10)}};
  if (!strcmp(kind, "folder")) e.type = '5', e.mode = 0755;
  else if (!strcmp(kind, "link")) e.type = '2', e.mode = 0777, e.link = next(&line);
  else e.size = strtoull(next(&line), NULL, 10);
  tar_header(w, &e);
  if (e.type != '0') return;
  const char *path = next(&line);
  if (!strcmp(kind, "layer")) put_layer(w, name, e.size, path);
  else {
    Stream *file = stream_of_file(path), *content = !strcmp(kind, "blob") ? stream_expanded(file) : file;
    copy(w, content, name, e.size);
    if (content != file) stream_close(content);
    close((int)(intptr_t)file->source);
    stream_close(file);
  }
}

void bundle(void) {
  static TarWriter w;
  char *line = NULL;
  size_t room = 0;
  ssize_t n;
  tar_begin(&w, STDOUT_FILENO, false);
  while ((n = getline(&line, &room, stdin)) > 0) {
    line[n - (line[n - 1] == '\n')] = 0;
    put_line(&w, line);
  }
  free(line);
  tar_end(&w);
}
