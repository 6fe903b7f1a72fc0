/*
 * The program file of a runtime must be out of reach of what it runs: a container's process can name it as /proc/PID/exe
 * (its own, if it makes the runtime execute "#!/proc/self/exe"), keep it open, and write to it once nobody runs it any more
 * (CVE-2019-5736). So the runtime runs from a read-only clone of the mount it lies on, which nothing else can see
 * (open_tree(2), mount_setattr(2)): the same file, the same pages, and a write through it is EROFS, whoever asks.
 */
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine.h"

#define SELF "/proc/self/exe"
#ifndef ST_RDONLY
#define ST_RDONLY 1
#endif

/* Only these run something in a container. Words of flags count too: once more does no harm. */
static bool enters_containers(int argc, char **argv) {
  static const char *const verbs[] = {"agent", "run", "create", "start", "restart", "exec", "build"};
  for (int i = 1; i < argc; i++)
    for (size_t k = 0; k < countof(verbs); k++)
      if (!strcmp(argv[i], verbs[k])) return true;
  return false;
}

static bool is_writable(void) {
  int fd = open(SELF, O_PATH | O_CLOEXEC);
  struct statfs mount;
  bool writable = fd >= 0 && fstatfs(fd, &mount) == 0 && !(mount.f_flags & ST_RDONLY);
  if (fd >= 0) close(fd);
  return writable;
}

/* Returns where it is not needed, or cannot be done: who may not clone mounts cannot make a container either. */
void protect_program(int argc, char **argv, char **envp) {
  if (!enters_containers(argc, argv)) return;
  if (!is_writable()) {
    /* execveat(2) names a process after the descriptor */
    const char *slash = strrchr(argv[0], '/');
    prctl(PR_SET_NAME, slash ? slash + 1 : argv[0]);
    return;
  }
  int tree = syscall(SYS_open_tree, AT_FDCWD, SELF, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  if (tree < 0) return;
  struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
  if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0)
    syscall(SYS_execveat, tree, "", argv, envp, AT_EMPTY_PATH);
  close(tree);
}
