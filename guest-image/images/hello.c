/* The only file of the image hello-world: says what it sees of itself, and what was done so that it sees no more. */
#include <stdio.h>
#include <unistd.h>

#define HOST_NAME_BYTES 65

static const char made[] =
    "이 프로세스를 위해 한 일\n"
    "What was done for this process\n"
    "\n"
    "1. 네임스페이스를 새로 만들고\n"
    "   clone3: new namespaces\n"
    "2. cgroup에 넣고\n"
    "   clone3: into its own cgroup\n"
    "3. 이미지 위에 overlay를 얹어\n"
    "   루트로 삼고\n"
    "   mount, pivot_root: image and\n"
    "   overlay as the root\n"
    "4. 권한을 줄인 뒤 /hello를 실행\n"
    "   capset, seccomp, execve: fewer\n"
    "   rights, then /hello\n"
    "\n"
    "타임라인에서 단계를 눌러 보세요.\n"
    "Click a step in the timeline.\n"
    "\n"
    "다음은 · next:\n"
    "  docker run -it debian bash\n";

int main(void) {
  char host[HOST_NAME_BYTES] = "";
  gethostname(host, sizeof(host) - 1);
  printf("\n컨테이너에서 인사드립니다!\nHello from inside a container!\n\n");
  printf("  PID       %d\n  hostname  %s\n\n", (int)getpid(), host);
  return fputs(made, stdout) < 0 || fflush(stdout) != 0;
}
