/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send DEVICE ADDRESS: sends UDP packets to ADDRESS, which may be a broadcast address, through
 * network device DEVICE, as fast as they can be sent, for ever.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DISCARD_PORT 9U /* RFC 863 */
#define PACKET_BYTES 64U

int main(int argc, char **argv)
{
    static const char packet[PACKET_BYTES];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(DISCARD_PORT)};
    int on = 1;
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc != 3 || inet_pton(AF_INET, argv[2], &to.sin_addr) != 1) {
        fprintf(stderr, "send: send DEVICE ADDRESS, as in: send eth0 192.0.2.255\n");
        return 2;
    }
    if (descriptor < 0 || setsockopt(descriptor, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) != 0 ||
        setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, argv[1], (socklen_t)strlen(argv[1])) !=
            0) {
        perror("send");
        return 1;
    }
    for (;;) {
        if (sendto(descriptor, packet, sizeof(packet), 0, (const struct sockaddr *)&to,
                   sizeof(to)) < 0 &&
            errno != ENOBUFS) {
            perror("send");
            return 1;
        }
    }
}
