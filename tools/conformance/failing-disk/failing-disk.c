/*
 * A disk that fails, for LD_PRELOAD into unmodified processes. Stands before the C library's calls that write and sync, and
 * does nothing until the file named by FAILING_DISK exists. Its one line is a rule:
 *
 *   full PREFIX   Files whose path begins with PREFIX cannot grow: half of a write fits, and going on behind it fails with ENOSPC.
 *                 Writing over what is there goes well.
 *   sync PREFIX   A sync of such a file or folder fails once in each process, with EIO. Those after it succeed, as on Linux:
 *                 pages that could not be written count as clean, and what they held is gone once they leave memory.
 *
 * Each failure, and each sync of such a file after the failed one, is a line of FAILING_DISK.report:
 *   pid, call, errno (0 for a sync after the failed one), first position written since the last sync (-1: none known), path
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 65536

enum kind { NONE, FULL, SYNC };

/* Which file a descriptor was when it was written to, and from where on it is not synced. Numbers are used again. */
static struct {
  ino_t inode;
  off_t from;
} unsynced[DESCRIPTORS];

static int has_failed;
/* Where the half that fitted ends. */
static __thread off_t full_at = -1;

/* The rule that holds for an open file; its path goes to `path`. */
static enum kind rule_of(int fd, char path[PATH_MAX]) {
  const char *control = getenv("FAILING_DISK");
  if (control == NULL || access(control, F_OK) != 0) return NONE;
  char line[PATH_MAX + 8], link[64];
  int in = open(control, O_RDONLY | O_CLOEXEC);
  if (in < 0) return NONE;
  ssize_t size = syscall(SYS_read, in, line, sizeof line - 1);
  close(in);
  if (size < 6) return NONE;
  line[size] = 0;
  line[strcspn(line, "\n")] = 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return NONE;
  path[length] = 0;
  if (strncmp(path, line + 5, strlen(line + 5)) != 0) return NONE;
  return strncmp(line, "full ", 5) == 0 ? FULL : strncmp(line, "sync ", 5) == 0 ? SYNC : NONE;
}

static void report(const char *call, int error, off_t from, const char *path) {
  char name[PATH_MAX], line[PATH_MAX + 96];
  snprintf(name, sizeof name, "%s.report", getenv("FAILING_DISK"));
  int out = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (out < 0) abort();
  int size = snprintf(line, sizeof line, "%d %s %d %lld %s\n", getpid(), call, error, (long long)from, path);
  if (syscall(SYS_write, out, line, size) != size) abort();
  close(out);
}

/*
 * How many of `size` bytes may be written at `offset` (-1: where the file stands); -1 with errno when none. Calls that cannot
 * write a part, because they have several buffers, pass 0 for `may_be_cut`.
 */
static ssize_t allowed(const char *call, int fd, size_t size, off_t offset, int may_be_cut) {
  struct stat file;
  if (fd < 0 || fd >= DESCRIPTORS || size == 0 || fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) return size;
  off_t position = offset >= 0 ? offset : lseek(fd, 0, SEEK_CUR);
  if (unsynced[fd].inode != file.st_ino || position < unsynced[fd].from) {
    unsynced[fd].inode = file.st_ino;
    unsynced[fd].from = position;
  }
  char path[PATH_MAX];
  if (position + (off_t)size <= file.st_size || rule_of(fd, path) != FULL) return size;
  if (may_be_cut && size > 1 && position != full_at) {
    full_at = position + (off_t)size / 2;
    return size / 2;
  }
  report(call, ENOSPC, position, path);
  errno = ENOSPC;
  return -1;
}

static size_t size_of(const struct iovec *vector, int count) {
  size_t size = 0;
  for (int index = 0; index < count; index++) size += vector[index].iov_len;
  return size;
}

static int synced(const char *call, long number, int fd) {
  char path[PATH_MAX];
  struct stat file;
  int is_known = fd >= 0 && fd < DESCRIPTORS && fstat(fd, &file) == 0 && unsynced[fd].inode == file.st_ino;
  off_t from = is_known ? unsynced[fd].from : -1;
  if (rule_of(fd, path) == SYNC) {
    int is_first = !__sync_lock_test_and_set(&has_failed, 1);
    report(call, is_first ? EIO : 0, from, path);
    if (is_first) {
      errno = EIO;
      return -1;
    }
  }
  if (is_known) unsynced[fd].inode = 0;
  return syscall(number, fd);
}

ssize_t write(int fd, const void *bytes, size_t size) {
  ssize_t fits = allowed("write", fd, size, -1, 1);
  return fits < 0 ? -1 : syscall(SYS_write, fd, bytes, fits);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
  ssize_t fits = allowed("pwrite", fd, size, offset, 1);
  return fits < 0 ? -1 : syscall(SYS_pwrite64, fd, bytes, fits, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) { return pwrite64(fd, bytes, size, offset); }

ssize_t writev(int fd, const struct iovec *vector, int count) {
  ssize_t fits = allowed("writev", fd, size_of(vector, count), -1, 0);
  return fits < 0 ? -1 : syscall(SYS_writev, fd, vector, count);
}

ssize_t pwritev64(int fd, const struct iovec *vector, int count, off64_t offset) {
  ssize_t fits = allowed("pwritev", fd, size_of(vector, count), offset, 0);
  return fits < 0 ? -1 : syscall(SYS_pwritev, fd, vector, count, offset, 0L);
}

ssize_t pwritev(int fd, const struct iovec *vector, int count, off_t offset) {
  return pwritev64(fd, vector, count, offset);
}

int fsync(int fd) { return synced("fsync", SYS_fsync, fd); }

int fdatasync(int fd) { return synced("fdatasync", SYS_fdatasync, fd); }
