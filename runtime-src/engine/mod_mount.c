/*
 * native:mount: the mount family: mount(2), umount2(2), pivot_root(2), chroot(2) and the descriptor-based open_tree(2),
 * move_mount(2), mount_setattr(2), fsopen is not needed so far.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine.h"

/* glibc's <sys/mount.h> clashes with the kernel's header, which has mount_attr */
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int umount2(const char *target, int flags);

FUNCTION(mount_mount) {
  UNUSED_ARGUMENTS;
  ARG_TEXT_OR_NULL(source, 0);
  ARG_TEXT(target, 1);
  ARG_TEXT_OR_NULL(type, 2);
  ARG_LONG(flags, 3);
  ARG_TEXT_OR_NULL(data, 4);
  return done_or_throw(ctx, mount(source, target, type, (unsigned long)flags, data), "mount", target);
}

FUNCTION(mount_umount2) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(target, 0);
  ARG_INT(flags, 1);
  return done_or_throw(ctx, umount2(target, flags), "umount2", target);
}

FUNCTION(mount_pivot_root) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(new_root, 0);
  ARG_TEXT(put_old, 1);
  return done_or_throw(ctx, syscall(SYS_pivot_root, new_root, put_old), "pivot_root", new_root);
}

FUNCTION(mount_chroot) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  return done_or_throw(ctx, chroot(path), "chroot", path);
}

FUNCTION(mount_open_tree) {
  UNUSED_ARGUMENTS;
  ARG_INT(dirfd, 0);
  ARG_TEXT(path, 1);
  ARG_LONG(flags, 2);
  return result_of(ctx, syscall(SYS_open_tree, dirfd, path, (unsigned)flags | O_CLOEXEC), "open_tree", path);
}

FUNCTION(mount_move_mount) {
  UNUSED_ARGUMENTS;
  ARG_INT(from_fd, 0);
  ARG_TEXT(from, 1);
  ARG_INT(to_fd, 2);
  ARG_TEXT(to, 3);
  ARG_LONG(flags, 4);
  return done_or_throw(ctx, syscall(SYS_move_mount, from_fd, from, to_fd, to, (unsigned)flags), "move_mount", to);
}

/* mountSetattr(dirfd, path, flags, set, clear, propagation, userNsFd) */
FUNCTION(mount_set_attributes) {
  UNUSED_ARGUMENTS;
  ARG_INT(dirfd, 0);
  ARG_TEXT(path, 1);
  ARG_LONG(flags, 2);
  ARG_LONG(set, 3);
  ARG_LONG(clear, 4);
  ARG_LONG(propagation, 5);
  ARG_LONG(user_ns_fd, 6);
  struct mount_attr attr = {.attr_set = set, .attr_clr = clear, .propagation = propagation, .userns_fd = user_ns_fd};
  return done_or_throw(ctx, syscall(SYS_mount_setattr, dirfd, path, (unsigned)flags, &attr, sizeof(attr)),
                       "mount_setattr", path);
}

const JSCFunctionListEntry native_mount[] = {
    JS_CFUNC_DEF("mount", 5, mount_mount),         JS_CFUNC_DEF("umount2", 2, mount_umount2),
    JS_CFUNC_DEF("pivotRoot", 2, mount_pivot_root), JS_CFUNC_DEF("chroot", 1, mount_chroot),
    JS_CFUNC_DEF("openTree", 3, mount_open_tree),  JS_CFUNC_DEF("moveMount", 5, mount_move_mount),
    JS_CFUNC_DEF("mountSetattr", 7, mount_set_attributes),
};
const int native_mount_count = countof(native_mount);
