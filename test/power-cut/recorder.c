/*
 * LD_PRELOAD: writes down, in the order in which they happened, everything that a process does to
 * the files of one folder and that a power cut can undo: creations, writes, truncations, renames,
 * links, removals, and what fsync or fdatasync made durable.
 *
 * POWER_CUT_WATCH  the folder
 * POWER_CUT_LOG    where the records go
 * POWER_CUT_SAID   what is written to this file is no file of the folder: it is what the process
 *                  has told others, and is put among the records
 *
 * A record: struct record, then `first` and `second` octets. Files are known by their inode, which
 * a creation gives anew. The index of SQLite's log (-shm) is left out: it is never synced, and
 * SQLite makes it anew whatever it holds.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct record {
  uint64_t kind;
  uint64_t inode;
  uint64_t number; /* of a write its offset, of a truncation the size */
  uint64_t first;
  uint64_t second;
};

/* Held while a thing is done and written down, so that both have the same order. */
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "" : value;
}

static void give_up(const char *why) {
  dprintf(2, "power-cut recorder: %s: %s\n", why, strerror(errno));
  _exit(97);
}

/* Raw system calls: the functions of this file must not be called for its own records. */
static void put(const void *bytes, size_t length) {
  static int log_fd = -1;
  if (log_fd < 0) {
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, setting("POWER_CUT_LOG"), flags, 0600);
    if (log_fd < 0) give_up("no log");
  }
  for (size_t done = 0; done < length;) {
    long written = syscall(SYS_write, log_fd, (const char *)bytes + done, length - done);
    if (written < 0 && errno != EINTR) give_up("the log");
    if (written > 0) done += (size_t)written;
  }
}

static void note(char kind, uint64_t inode, uint64_t number, const void *first,
                 size_t first_length, const char *second) {
  size_t second_length = second == NULL ? 0 : strlen(second);
  struct record record = {(uint64_t)kind, inode, number, first_length, second_length};
  put(&record, sizeof record);
  if (first_length > 0) put(first, first_length);
  if (second_length > 0) put(second, second_length);
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int is_watched(const char *path) {
  const char *watch = setting("POWER_CUT_WATCH");
  size_t length = strlen(watch);
  return length > 0 && strncmp(path, watch, length) == 0 &&
         (path[length] == '/' || path[length] == '\0') && !ends_with(path, "-shm");
}

/* Absolute, of a path that is relative to an open folder or to the working directory. */
static void resolve(int folder, const char *path, char *out) {
  char base[PATH_MAX] = "", link[64];
  if (path[0] == '/') {
    snprintf(out, PATH_MAX, "%s", path);
    return;
  }
  if (folder == AT_FDCWD) {
    if (getcwd(base, sizeof base) == NULL) base[0] = '\0';
  } else {
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, base, sizeof base - 1);
    base[length < 0 ? 0 : length] = '\0';
  }
  if (snprintf(out, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) give_up("a long path");
}

enum { ELSEWHERE, WATCHED, SAID };

static int place_of(int fd, struct stat *status) {
  char path[PATH_MAX], link[64];
  if (fstat(fd, status) != 0) return ELSEWHERE;
  if (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode)) return ELSEWHERE;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return ELSEWHERE;
  path[length] = '\0';
  if (strcmp(path, setting("POWER_CUT_SAID")) == 0) return SAID;
  return is_watched(path) ? WATCHED : ELSEWHERE;
}

#define REAL(type, name, parameters) \
  static type(*real) parameters; \
  if (real == NULL) real = (type(*) parameters)dlsym(RTLD_NEXT, name)

/* ---- files that come to be ---- */

static int opened(int (*real)(int, const char *, int, ...), int folder, const char *path,
                  int flags, mode_t mode) {
  char whole[PATH_MAX];
  struct stat before, after;
  if ((flags & (O_CREAT | O_TRUNC)) == 0 || (flags & O_TMPFILE) == O_TMPFILE) {
    return real(folder, path, flags, mode);
  }
  resolve(folder, path, whole);
  if (!is_watched(whole)) return real(folder, path, flags, mode);
  pthread_mutex_lock(&order);
  int existed = stat(whole, &before) == 0;
  int fd = real(folder, path, flags, mode);
  if (fd >= 0 && fstat(fd, &after) == 0) {
    if (!existed) note('C', after.st_ino, 0, whole, strlen(whole), NULL);
    else if ((flags & O_TRUNC) != 0) note('T', after.st_ino, 0, NULL, 0, NULL);
  }
  pthread_mutex_unlock(&order);
  return fd;
}

#define OPEN_MODE \
  mode_t mode = 0; \
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) { \
    va_list more; \
    va_start(more, flags); \
    mode = va_arg(more, mode_t); \
    va_end(more); \
  }

int openat(int folder, const char *path, int flags, ...) {
  REAL(int, "openat", (int, const char *, int, ...));
  OPEN_MODE
  return opened(real, folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
  REAL(int, "openat64", (int, const char *, int, ...));
  OPEN_MODE
  return opened(real, folder, path, flags, mode);
}

int open(const char *path, int flags, ...) {
  REAL(int, "openat", (int, const char *, int, ...));
  OPEN_MODE
  return opened(real, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  REAL(int, "openat64", (int, const char *, int, ...));
  OPEN_MODE
  return opened(real, AT_FDCWD, path, flags, mode);
}

int mkdirat(int folder, const char *path, mode_t mode) {
  REAL(int, "mkdirat", (int, const char *, mode_t));
  char whole[PATH_MAX];
  struct stat made;
  resolve(folder, path, whole);
  if (!is_watched(whole)) return real(folder, path, mode);
  pthread_mutex_lock(&order);
  int result = real(folder, path, mode);
  int failed = errno;
  if (result == 0 && stat(whole, &made) == 0) {
    note('M', made.st_ino, 0, whole, strlen(whole), NULL);
  }
  pthread_mutex_unlock(&order);
  errno = failed;
  return result;
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

/* ---- what they hold ---- */

static void wrote(uint64_t inode, off_t at, ssize_t left, const struct iovec *parts, int count,
                  int place) {
  for (int n = 0; n < count && left > 0; n++) {
    size_t length = parts[n].iov_len < (size_t)left ? parts[n].iov_len : (size_t)left;
    note(place == SAID ? '!' : 'W', inode, (uint64_t)at, parts[n].iov_base, length, NULL);
    at += (off_t)length;
    left -= (ssize_t)length;
  }
}

/* Where a write without an offset goes. */
static off_t position(int fd, const struct stat *status) {
  int flags = fcntl(fd, F_GETFL);
  return (flags & O_APPEND) != 0 ? status->st_size : lseek(fd, 0, SEEK_CUR);
}

#define WRITING(call, parts, count, offset) \
  struct stat status; \
  int place = place_of(fd, &status); \
  if (place == ELSEWHERE) return call; \
  pthread_mutex_lock(&order); \
  fstat(fd, &status); \
  off_t at = offset; \
  ssize_t result = call; \
  int failed = errno; \
  if (result > 0) wrote(status.st_ino, at, result, parts, count, place); \
  pthread_mutex_unlock(&order); \
  errno = failed; \
  return result

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(ssize_t, "write", (int, const void *, size_t));
  struct iovec part = {(void *)bytes, length};
  WRITING(real(fd, bytes, length), &part, 1, position(fd, &status));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", (int, const struct iovec *, int));
  WRITING(real(fd, parts, count), parts, count, position(fd, &status));
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  REAL(ssize_t, "pwrite", (int, const void *, size_t, off_t));
  struct iovec part = {(void *)bytes, length};
  WRITING(real(fd, bytes, length, offset), &part, 1, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  REAL(ssize_t, "pwrite64", (int, const void *, size_t, off64_t));
  struct iovec part = {(void *)bytes, length};
  WRITING(real(fd, bytes, length, offset), &part, 1, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(ssize_t, "pwritev", (int, const struct iovec *, int, off_t));
  WRITING(real(fd, parts, count, offset), parts, count, offset);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  REAL(ssize_t, "pwritev64", (int, const struct iovec *, int, off64_t));
  WRITING(real(fd, parts, count, offset), parts, count, offset);
}

static int resized(int (*real)(int, off64_t), int fd, off64_t size) {
  struct stat status;
  if (place_of(fd, &status) != WATCHED) return real(fd, size);
  pthread_mutex_lock(&order);
  int result = real(fd, size);
  int failed = errno;
  if (result == 0) note('T', status.st_ino, (uint64_t)size, NULL, 0, NULL);
  pthread_mutex_unlock(&order);
  errno = failed;
  return result;
}

int ftruncate(int fd, off_t size) {
  REAL(int, "ftruncate", (int, off64_t));
  return resized(real, fd, size);
}

int ftruncate64(int fd, off64_t size) {
  REAL(int, "ftruncate64", (int, off64_t));
  return resized(real, fd, size);
}

/* ---- what is on the medium ---- */

static int synced(int (*real)(int), int fd) {
  struct stat status;
  if (place_of(fd, &status) != WATCHED) return real(fd);
  pthread_mutex_lock(&order);
  int result = real(fd);
  int failed = errno;
  if (result == 0) note('S', status.st_ino, 0, NULL, 0, NULL);
  pthread_mutex_unlock(&order);
  errno = failed;
  return result;
}

int fsync(int fd) {
  REAL(int, "fsync", (int));
  return synced(real, fd);
}

int fdatasync(int fd) {
  REAL(int, "fdatasync", (int));
  return synced(real, fd);
}

/* ---- names ---- */

#define NAMING(call, kind, one, other) \
  pthread_mutex_lock(&order); \
  int result = call; \
  int failed = errno; \
  if (result == 0) note(kind, 0, 0, one, strlen(one), other); \
  pthread_mutex_unlock(&order); \
  errno = failed; \
  return result

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  REAL(int, "renameat", (int, const char *, int, const char *));
  char one[PATH_MAX], other[PATH_MAX];
  resolve(from_folder, from, one);
  resolve(to_folder, to, other);
  if (!is_watched(one) && !is_watched(other)) return real(from_folder, from, to_folder, to);
  NAMING(real(from_folder, from, to_folder, to), 'R', one, other);
}

int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
  REAL(int, "linkat", (int, const char *, int, const char *, int));
  char one[PATH_MAX], other[PATH_MAX];
  resolve(from_folder, from, one);
  resolve(to_folder, to, other);
  if (!is_watched(other)) return real(from_folder, from, to_folder, to, flags);
  NAMING(real(from_folder, from, to_folder, to, flags), 'L', one, other);
}

int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int unlinkat(int folder, const char *path, int flags) {
  REAL(int, "unlinkat", (int, const char *, int));
  char whole[PATH_MAX];
  resolve(folder, path, whole);
  if (!is_watched(whole)) return real(folder, path, flags);
  NAMING(real(folder, path, flags), 'U', whole, NULL);
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int remove(const char *path) {
  struct stat found;
  if (lstat(path, &found) != 0) return -1;
  return unlinkat(AT_FDCWD, path, S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0);
}
