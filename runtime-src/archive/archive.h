/*
 * `archive`, the program beside `box` that reads and writes tar files: hostile input in bulk, so it is C, a process of
 * its own and knows nothing of containers. It reads standard input, writes standard output, and fails with one line on
 * standard error that names the entry; whoever called it removes the folder that it was filling.
 *
 * stream.c      bytes: descriptors, parts of another stream, gzip (RFC 1952), zstd (RFC 8878), hashed on the way
 * tar_read.c    headers: ustar and pax (POSIX.1-2001 pax(1)), GNU long names and base-256 numbers (tar(5))
 * place.c       where an entry goes: openat2(2) RESOLVE_BENEATH, never out of the root
 * extract.c     an entry to a file; layer.c: OCI image-spec layer.md, whiteouts as overlayfs wants them
 * recipe.c      what of a tar file is not in the tree, so that it can be made again bit by bit
 * tar_write.c   headers; pack.c: a folder, or a container's upper layer, to a tar file
 * load.c        docker-archive and OCI layout; bundle.c writes them
 */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#define BLOCK 512
#define countof(x) (sizeof(x) / sizeof((x)[0]))

/* --- fail.c --- */
/* The last words: "SUBJECT: ..." and, where errno says more, its text. Never returns. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);
__attribute__((noreturn, format(printf, 2, 3))) void fail_errno(int err, const char *format, ...);
__attribute__((format(printf, 1, 2))) void warn(const char *format, ...);
void *need(void *allocated);
/* A path from parts, to be freed. */
__attribute__((format(printf, 1, 2))) char *text(const char *format, ...);

/* --- sha256.c --- */
typedef struct {
  uint32_t state[8];
  uint64_t size;
  uint8_t rest[64];
} Sha256;
#define HEX_DIGITS 64
void sha256_begin(Sha256 *s);
void sha256_add(Sha256 *s, const void *data, size_t size);
/* 64 hex digits and a NUL. */
void sha256_hex(Sha256 *s, char hex[HEX_DIGITS + 1]);

/* --- stream.c --- */
typedef struct Stream Stream;
struct Stream {
  /* Puts up to `size` bytes at `data`; 0 is the end. Does not return on failure. */
  size_t (*fill)(Stream *self, uint8_t *data, size_t size);
  void *source;
  uint8_t *buffer;
  size_t at, end;
  bool ended;
  /* What has come in so far, and its hash where asked for. */
  uint64_t taken, limit;
  Sha256 *hash;
  const char *name;
};
Stream *stream_of_fd(int fd, const char *name);
/* The next `size` bytes of another stream. */
Stream *stream_of_part(Stream *whole, uint64_t size, const char *name);
/* What a stream holds uncompressed: gzip and zstd are recognised by their first bytes, anything else is passed on. */
Stream *stream_expanded(Stream *packed);
void stream_hash(Stream *s);
/* Makes `want` bytes visible at buffer + at, fewer only at the end; at most 32 KiB. */
size_t stream_peek(Stream *s, size_t want);
/* Some bytes, to be used before the next call; 0 at the end. */
size_t stream_take(Stream *s, const uint8_t **data, uint64_t most);
size_t stream_read(Stream *s, void *data, size_t size);
void stream_skip_all(Stream *s);
void stream_close(Stream *s);
void write_all(int fd, const void *data, size_t size, const char *name);

/* --- tar_read.c --- */
typedef struct {
  char *name;
  uint8_t *value;
  size_t size;
} Xattr;

typedef struct {
  char *path;
  char *link;
  char type; /* '0' file, '1' hard link, '2' symbolic link, '3' '4' devices, '5' folder, '6' FIFO */
  mode_t mode;
  uid_t uid;
  gid_t gid;
  uint64_t size;
  struct timespec mtime;
  unsigned major, minor;
  Xattr *xattrs;
  size_t xattr_count;
} Entry;

typedef struct Recipe Recipe;

typedef struct {
  Stream *input;
  Recipe *recipe; /* gets every byte that is not a file's content; may be NULL */
  Entry entry;
  uint64_t left;    /* of the entry's content */
  unsigned padding; /* after it */
  uint64_t entries;
  struct PaxRecord *global, *local;
} TarReader;

/* Whether these 512 bytes can be the beginning of a tar file. */
bool is_tar(const uint8_t *block);
void tar_open(TarReader *tar, Stream *input, Recipe *recipe);
/* The next entry, NULL at the end (everything behind it has then been read). */
Entry *tar_next(TarReader *tar);
/* Content of the entry, 0 at its end. `raw`: it goes to the recipe as well. */
size_t tar_content(TarReader *tar, const uint8_t **data, bool raw);
void tar_close(TarReader *tar);

/* --- place.c --- */
typedef struct {
  int root;
  int parent; /* of the entry last asked for, kept since the next one mostly has the same */
  char *parent_path;
} Place;

/* The folder that `path` is in, made where it is missing, and its last name; name is "." for the root itself. */
int place_parent(Place *place, const char *path, const char *what, const char **name);
void place_forget(Place *place);
int open_beneath(int root, const char *path, int flags);

/* --- walk.c --- */
typedef void NameAction(void *data, int folder, const char *name, const char *path);
/* Each entry of the folder in the order of its bytes; path is the folder's and the name. Closes nothing. */
void each_name(int folder, const char *path, NameAction *act, void *data);

/* --- extract.c --- */
typedef struct {
  Place place;
  /* Where files go that a later entry of the same archive replaces; -1: they are removed. */
  int overwritten;
  bool layer;     /* whiteouts are the spec's; overlayfs' own marks are refused */
  bool keep_dirs; /* a folder is never replaced by what is none, nor the other way round */
  bool chown, chmod;
  uid_t uid;
  gid_t gid;
  mode_t mode;
  unsigned devices;
  uint64_t content_bytes;
  struct FolderTime *folders;
} Extraction;

void extract_entry(Extraction *x, TarReader *tar, Entry *entry);
/* Modification times of folders: when nothing is put into them any more. */
void extract_end(Extraction *x);
void displace(Extraction *x, int parent, const char *name, const char *path);

/* --- layer.c --- */
/* true: the entry was a whiteout, and is done. */
bool apply_whiteout(Extraction *x, TarReader *tar, Entry *entry);
bool is_overlay_whiteout(const struct stat *st);
void set_opaque(int parent, const char *name, const char *path);

typedef struct {
  char digest[HEX_DIGITS + 1];  /* of what came in, where that was hashed */
  char diff_id[HEX_DIGITS + 1]; /* of the tar file */
  uint64_t size;                /* of the tar file */
  uint64_t content_bytes; /* of what is in it */
  uint64_t entries;
} LayerResult;
/* `folder` exists; its tree, overwritten and recipe are made. */
void unpack_layer(Stream *input, const char *folder, uint64_t limit, LayerResult *result);

/* --- recipe.c --- */
Recipe *recipe_create(const char *path);
void recipe_raw(Recipe *r, const void *data, size_t size);
void recipe_file(Recipe *r, const char *path, uint64_t inode, uint64_t size);
void recipe_close(Recipe *r);
/* The layer's tar file again, from what unpack_layer left in `folder`. */
void assemble_layer(const char *folder, int out);

/* --- tar_write.c --- */
typedef struct {
  int fd;
  uint64_t size;
  bool hashed;
  Sha256 hash;
  uint8_t buffer[65536];
  size_t used;
} TarWriter;
/* `hashed`: its digest is wanted at the end. */
void tar_begin(TarWriter *w, int fd, bool hashed);
void tar_put(TarWriter *w, const void *data, size_t size);
void tar_header(TarWriter *w, const Entry *entry);
void tar_pad(TarWriter *w, uint64_t size);
void tar_end(TarWriter *w);

/* --- the commands --- */
typedef struct {
  const char *root, *path, *as, *into, *folder, *have, *without;
  uint64_t limit;
  bool layer, one_file_system, chown, chmod, follow, no_times, make;
  mode_t mode;
  uid_t uid;
  gid_t gid;
} Options;
void pack(const Options *options);
/* Lines of a file, each between newlines. */
char *read_list(const char *path);
void load(const Options *options);
void bundle(void);

#endif
