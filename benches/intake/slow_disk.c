/* Preloaded by `make bench`: each fsync takes ASKBACK_FSYNC_MS longer. Machines for tests often have disks that only seem to
   sync; those of operators do not. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void wait_for_disk(void)
{
    const char *text = getenv("ASKBACK_FSYNC_MS");
    long ms = text ? atol(text) : 0;
    struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&time, NULL);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd) { wait_for_disk(); return REAL(fsync)(fd); }
int fdatasync(int fd) { wait_for_disk(); return REAL(fdatasync)(fd); }
