/* Shows a program another time: the seconds in the file $ASKBACK_TEST_CLOCK are added to the wall clock. Timers go on as they
 * are. Compiled by clock.rs, put before the C library by LD_PRELOAD. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *time)
{
    int result = (int)syscall(SYS_clock_gettime, id, time);
    const char *path = getenv("ASKBACK_TEST_CLOCK");
    if (result == 0 && id == CLOCK_REALTIME && path) {
        FILE *file = fopen(path, "r");
        long long offset = 0;
        if (file) {
            if (fscanf(file, "%lld", &offset) == 1)
                time->tv_sec += offset;
            fclose(file);
        }
    }
    return result;
}
