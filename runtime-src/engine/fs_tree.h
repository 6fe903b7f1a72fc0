/* Work on whole trees and files, for mod_fs.c. All answer -1 with errno. */
#ifndef FS_TREE_H
#define FS_TREE_H
#include <stddef.h>

#define COPY_EXCLUSIVE 1 /* Node's COPYFILE_EXCL */

int copy_file(const char *from, const char *to, int flags);
int remove_tree(int dirfd, const char *path);
/* `first` gets the outermost folder that had to be made. */
int make_folders(const char *path, unsigned mode, char *first, size_t first_size);
#endif
