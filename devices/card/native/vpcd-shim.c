/*
 * Preloaded into pcscd to cure two faults of vpcd 3.3, the virtual reader that Debian 12 has:
 * - it sends the length and the body of each message by two send() calls, so that Nagle's algorithm waits for the
 *   delayed acknowledgement, 44 ms a command; accepted connections get TCP_NODELAY here;
 * - it listens on every address of the machine; here it listens on loopback.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

typedef int (*bind_function)(int, const struct sockaddr *, socklen_t);
typedef int (*accept_function)(int, struct sockaddr *, socklen_t *);

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    bind_function real = (bind_function)dlsym(RTLD_NEXT, "bind");
    struct sockaddr_in internet;

    if (address->sa_family != AF_INET || length < sizeof internet)
        return real(fd, address, length);
    memcpy(&internet, address, sizeof internet);
    if (internet.sin_addr.s_addr == htonl(INADDR_ANY))
        internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return real(fd, (const struct sockaddr *)&internet, sizeof internet);
}

int accept(int fd, struct sockaddr *address, socklen_t *length)
{
    accept_function real = (accept_function)dlsym(RTLD_NEXT, "accept");
    int accepted = real(fd, address, length);
    int on = 1;

    /* Fails on pcscd's own unix socket, where it means nothing. */
    if (accepted >= 0)
        (void)setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return accepted;
}
