/* Preloaded by tests/live/broken.rs: while the file $ASKBACK_FAULTS/write or .../fsync is there, writing to the database
   or syncing it fails with EIO, as on a disk that dies. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int broken(const char *kind, int fd)
{
    const char *faults = getenv("ASKBACK_FAULTS");
    char file[4096], link[64], name[4096];
    int before = errno, is = 0;
    if (faults) {
        snprintf(file, sizeof file, "%s/%s", faults, kind);
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (access(file, F_OK) == 0) {
            ssize_t length = readlink(link, name, sizeof name - 1);
            if (length > 0) {
                name[length] = 0;
                is = strstr(name, "/askback.db") != NULL;
            }
        }
    }
    errno = is ? EIO : before;
    return is;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd) { return broken("fsync", fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return broken("fsync", fd) ? -1 : REAL(fdatasync)(fd); }

ssize_t write(int fd, const void *bytes, size_t count)
{
    return broken("write", fd) ? -1 : REAL(write)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    return broken("write", fd) ? -1 : REAL(pwrite)(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    return broken("write", fd) ? -1 : REAL(pwrite64)(fd, bytes, count, at);
}
