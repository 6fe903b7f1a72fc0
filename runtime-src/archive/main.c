/*
 * archive load --folder WORK [--have DIR:DIR]      < image.tar      what is in it, unpacked
 * archive unpack --folder WORK                     < layer.tar      "DIGEST DIFF-ID SIZE CONTENT"
 * archive pack --root DIR [--path P [--as NAME] [--follow]] [--layer] [--one-file-system] [--no-times]
 *     [--without FILE] > x.tar                     FILE has paths to leave out, one a line
 * archive extract --root DIR [--into P [--make]] [--owner UID:GID] [--mode OCTAL]  < x.tar
 * archive assemble --folder LAYER                  > layer.tar
 * archive bundle                                   < plan > image.tar
 * archive stat --root DIR --path P [--follow]                       "folder", "file", "link", "other" or "none"
 * archive kind                                     < file           "tar" (compressed too) or "other"
 * archive context --folder DIR                     < tar or text    "tar", or "file": DIR/Dockerfile is the text
 * --limit BYTES: the most that a layer may have when uncompressed. --root is made the root (chroot(2)) first.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive.h"

static void unpack_command(const Options *o) {
  Stream *input = stream_of_fd(STDIN_FILENO, "layer");
  LayerResult result = {0};
  stream_hash(input);
  unpack_layer(input, o->folder, o->limit, &result);
  printf("%s %s %llu %llu\n", result.digest, result.diff_id, (unsigned long long)result.size,
         (unsigned long long)result.content_bytes);
}

static void extract_all(Stream *input, const Options *o, const char *into) {
  TarReader tar;
  tar_open(&tar, input, NULL);
  Extraction x = {.overwritten = -1, .keep_dirs = true, .chown = o->chown, .uid = o->uid, .gid = o->gid};
  x.chmod = o->chmod, x.mode = o->mode;
  x.place.root = open(into, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (x.place.root < 0) fail_errno(errno, "%s", into);
  for (Entry *entry; (entry = tar_next(&tar));) extract_entry(&x, &tar, entry);
  extract_end(&x);
  tar_close(&tar);
}

/* mkdir -p in the root; symbolic links on the way are followed there. */
static void make_path(const char *path) {
  char *partial = need(strdup(path));
  for (char *at = partial + 1; *at; at++) {
    if (*at != '/') continue;
    *at = 0;
    if (mkdir(partial, 0755) < 0 && errno != EEXIST) fail_errno(errno, "%s", path);
    *at = '/';
  }
  if (mkdir(partial, 0755) < 0 && errno != EEXIST) fail_errno(errno, "%s", path);
  free(partial);
}

static void extract_command(const Options *o) {
  Stream *packed = stream_of_fd(STDIN_FILENO, "archive"), *input = stream_expanded(packed);
  input->limit = o->limit;
  if (o->make && o->into && strcmp(o->into, "/")) make_path(o->into);
  extract_all(input, o, o->into ? o->into : ".");
}

/* Where a path leads in the root; a folder on the way that is none, or not there, is "none" too. */
static void stat_command(const Options *o) {
  struct stat st;
  int r = o->follow ? stat(o->path, &st) : lstat(o->path, &st);
  if (r < 0 && errno != ENOENT && errno != ENOTDIR) fail_errno(errno, "%s", o->path);
  puts(r < 0                   ? "none"
       : S_ISDIR(st.st_mode)   ? "folder"
       : S_ISREG(st.st_mode)   ? "file"
       : S_ISLNK(st.st_mode)   ? "link"
                               : "other");
}

static bool holds_tar(Stream *s) {
  return stream_peek(s, BLOCK) == BLOCK && s->buffer[s->at] && is_tar(s->buffer + s->at);
}

static void context_command(const Options *o) {
  Stream *packed = stream_of_fd(STDIN_FILENO, "build context"), *input = stream_expanded(packed);
  if (!holds_tar(input)) {
    char *path = text("%s/Dockerfile", o->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) fail_errno(errno, "%s", path);
    const uint8_t *data;
    for (size_t n; (n = stream_take(input, &data, UINT64_MAX));) write_all(fd, data, n, path);
    puts("file");
    return;
  }
  input->limit = o->limit;
  extract_all(input, o, o->folder);
  puts("tar");
}

static void kind_command(void) {
  puts(holds_tar(stream_expanded(stream_of_fd(STDIN_FILENO, "file"))) ? "tar" : "other");
}

static void read_owner(Options *o, const char *value) {
  char *end;
  o->chown = true;
  o->uid = (uid_t)strtoul(value, &end, 10);
  o->gid = *end == ':' ? (gid_t)strtoul(end + 1, &end, 10) : 0;
}

static Options read_options(int argc, char **argv) {
  Options o = {.limit = UINT64_MAX};
  for (int i = 2; i < argc; i++) {
    const char *flag = argv[i];
    if (!strcmp(flag, "--layer")) o.layer = true;
    else if (!strcmp(flag, "--one-file-system")) o.one_file_system = true;
    else if (!strcmp(flag, "--follow")) o.follow = true;
    else if (!strcmp(flag, "--no-times")) o.no_times = true;
    else if (!strcmp(flag, "--make")) o.make = true;
    else if (i + 1 == argc) fail("%s: needs a value", flag);
    else if (!strcmp(flag, "--root")) o.root = argv[++i];
    else if (!strcmp(flag, "--path")) o.path = argv[++i];
    else if (!strcmp(flag, "--as")) o.as = argv[++i];
    else if (!strcmp(flag, "--into")) o.into = argv[++i];
    else if (!strcmp(flag, "--folder")) o.folder = argv[++i];
    else if (!strcmp(flag, "--have")) o.have = argv[++i];
    else if (!strcmp(flag, "--without")) o.without = argv[++i];
    else if (!strcmp(flag, "--mode")) o.chmod = true, o.mode = (mode_t)strtoul(argv[++i], NULL, 8) & 07777;
    else if (!strcmp(flag, "--owner")) read_owner(&o, argv[++i]);
    else if (!strcmp(flag, "--limit")) o.limit = strtoull(argv[++i], NULL, 10);
    else fail("%s: unknown flag", flag);
  }
  return o;
}

int main(int argc, char **argv) {
  const char *command = argc > 1 ? argv[1] : "";
  Options o = read_options(argc, argv);
  if (o.without) o.without = read_list(o.without); /* it lies outside of the root */
  signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error with words */
  umask(022);
  if (o.root && strcmp(o.root, "/") && (chroot(o.root) < 0 || chdir("/") < 0)) fail_errno(errno, "%s", o.root);
  if (o.root && !strcmp(o.root, "/") && chdir("/") < 0) fail_errno(errno, "/");
  if (!strcmp(command, "load") && o.folder) load(&o);
  else if (!strcmp(command, "unpack") && o.folder) unpack_command(&o);
  else if (!strcmp(command, "pack") && o.root) pack(&o);
  else if (!strcmp(command, "extract") && o.root) extract_command(&o);
  else if (!strcmp(command, "assemble") && o.folder) assemble_layer(o.folder, STDOUT_FILENO);
  else if (!strcmp(command, "bundle")) bundle();
  else if (!strcmp(command, "stat") && o.root && o.path) stat_command(&o);
  else if (!strcmp(command, "context") && o.folder) context_command(&o);
  else if (!strcmp(command, "kind")) kind_command();
  else fail("usage: archive load|unpack|pack|extract|assemble|bundle|stat|context|kind");
  if (fflush(stdout)) fail_errno(errno, "standard output");
  return 0;
}
