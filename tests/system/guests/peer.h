/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What manager.c and peer.c tell each other in their channel's memory.
 */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <stdint.h>

/** What a peer does after its next start. */
enum peer_mode {
    PEER_COUNTS = 0,       /* counts its doorbells, spinning with interrupts open */
    PEER_SPINS = 1,        /* spins with interrupts masked */
    PEER_SLEEPS = 2,       /* sleeps in WFI with interrupts masked, nothing enabled */
    PEER_FLOODS = 3,       /* rings and calls as fast as it can, interrupts masked */
    PEER_STAYS_ACTIVE = 4, /* never ends the handler of its first doorbell */
    PEER_CRASHES = 5,      /* reads what is not its own, after `hold` is 0 */
    PEER_PETS = 6,         /* pets its watchdog until `hold` is not 0 */
    PEER_GOES_OFF = 7,
    PEER_CORES = 8, /* starts its second core, both spin with interrupts masked */
    PEER_PETS_BY_CALL = 9,
    PEER_TRESPASSES = 10,    /* stores to the manager's page, and to doorbells beyond its own */
    PEER_FIRST_NOT_PET = 11, /* pets at once, then no more */
    PEER_CALLS = 12,         /* makes hypercalls, short ones and others, interrupts masked */
    /* sleeps in WFI with its interrupt interface closed, so that nothing wakes it */
    PEER_CLOSES = 13,
    /* has disabled its SGIs and made them the least urgent, spins with interrupts masked */
    PEER_NO_SGIS = 14
};

struct peer_page {
    volatile uint32_t mode; /* by the manager */
    volatile uint32_t hold;
    volatile uint32_t token;   /* another one before each start */
    volatile uint32_t ready;   /* by the peer: the token at its start, when it does as told */
    volatile uint32_t rings;   /* doorbells since its start */
    volatile uint32_t dirty;   /* starts at which something was left of the time before */
    volatile uint32_t exits;   /* of the peer's vCPU while it counted, since ready */
    volatile uint32_t data;    /* by the manager before a ring */
    volatile uint32_t seen;    /* by the peer in the handler: data */
    volatile uint32_t faults;  /* exceptions that the peer took since its start */
    volatile uint32_t round;   /* by the peer: times through its loop */
    volatile uint32_t command; /* by the manager: address of its command page */
    volatile uint32_t version; /* by the peer at its start: of its image (struct peer_mark) */
};

#define PEER_MARK_FIRST  UINT64_C(0x9d3c61f0a5e2874b)
#define PEER_MARK_SECOND UINT64_C(0x1f86b2ce7d40953a)

/** Stands once in the peer's image, at a multiple of 8: who loads another image changes the
 * version. */
struct peer_mark {
    uint64_t first;
    uint64_t second;
    uint64_t version;
};

#endif
