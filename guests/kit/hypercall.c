/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The info page and the hypervisor's calls (abi/guest.h).
 */
#include "kit/hypercall.h"

#include <stddef.h>

#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/smccc.h"
#include "kit/timer.h"

static const struct info_page *info;

void hypercall_start(void)
{
    const struct info_page *page = (const struct info_page *)machine()->info;

    if (page == NULL || !mmu_map((uint64_t)page, (uint64_t)page, MMU_PAGE_SIZE, MMU_READ)) {
        return;
    }
    if (page->magic == INFO_MAGIC && page->version == INFO_VERSION) {
        info = page;
    }
}

bool hypercall_present(void)
{
    return info != NULL;
}

const struct info_page *hypercall_info(void)
{
    return info;
}

int64_t hypercall(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    return (int64_t)smccc_hvc(function, x1, x2, x3).x0;
}

void hypercall_log(const char *text)
{
    uint64_t words[HC_LOG_SIZE / sizeof(uint64_t)] = {0};

    for (size_t i = 0; i < HC_LOG_SIZE && text[i] != '\0'; i++) {
        words[i / 8] |= (uint64_t)(uint8_t)text[i] << i % 8 * 8;
    }
    while (hypercall(HC_LOG, words[0], words[1], words[2]) == HC_ERR_AGAIN) {
        uint64_t again = timer_now() + timer_from_ns(HC_LOG_INTERVAL / 10);
        while (timer_now() < again) /* each attempt is an exit */
            ;
    }
}

uint64_t hypercall_exit_count(void)
{
    return (uint64_t)hypercall(HC_EXIT_COUNT, 0, 0, 0);
}
