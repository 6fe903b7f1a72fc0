/* The entries of a folder, sorted, so that the same folder always gives the same archive. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive.h"

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

void each_name(int folder, const char *path, NameAction *act, void *data) {
  DIR *dir = fdopendir(dup(folder));
  if (!dir) fail_errno(errno, "%s", path);
  char **names = NULL;
  size_t count = 0;
  struct dirent *entry;
  while ((entry = readdir(dir))) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (count % 64 == 0) names = need(realloc(names, (count + 64) * sizeof(*names)));
    names[count++] = need(strdup(entry->d_name));
  }
  closedir(dir);
  if (count) qsort(names, count, sizeof(*names), by_bytes);
  for (size_t i = 0; i < count; i++) {
    char *inner = *path ? text("%s/%s", path, names[i]) : text("%s", names[i]);
    act(data, folder, names[i], inner);
    free(inner);
    free(names[i]);
  }
  free(names);
}
