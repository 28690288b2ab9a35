/*
 * LD_PRELOAD: remembers, for every file of a folder, what it held at its last successful fsync
 * or fdatasync. That is what the worst power cut leaves of it (POSIX fsync: later writes may
 * all be lost).
 *
 * POWER_CUT_WATCH   the folder
 * POWER_CUT_SHADOW  where to keep what is durable, a file an inode: link and rename change names
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static void remember(int fd) {
  const char *watch = getenv("POWER_CUT_WATCH");
  const char *shadow = getenv("POWER_CUT_SHADOW");
  char link[64], path[PATH_MAX], copy[PATH_MAX];
  struct stat status;
  if (watch == NULL || shadow == NULL || fstat(fd, &status) != 0) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = '\0';
  if (strncmp(path, watch, strlen(watch)) != 0) return;

  snprintf(copy, sizeof copy, "%s/%lu", shadow, (unsigned long)status.st_ino);
  int from = open(link, O_RDONLY);
  int to = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  off_t at = 0;
  if (S_ISREG(status.st_mode))
    while (at < status.st_size && sendfile(to, from, &at, (size_t)(status.st_size - at)) > 0)
      continue;
  close(from);
  close(to);
}

int fsync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  if (result == 0) remember(fd);
  return result;
}

int fdatasync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  if (result == 0) remember(fd);
  return result;
}
