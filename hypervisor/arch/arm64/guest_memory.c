/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest memory: taking it away, and bringing it back to its first state.
 */
#include "guest_memory.h"

#include "cpu.h"
#include "el2_map.h"
#include "sysreg.h"

static uint8_t *window(phys_addr_t address)
{
    return (uint8_t *)(EL2_WINDOW + address.pa);
}

void guest_info_complete(const struct plan_vm *vm)
{
    uint64_t *frequency = (uint64_t *)window((phys_addr_t){vm->info_pa + INFO_COUNTER_FREQUENCY});

    *frequency = cpu_counter_frequency();
    /* guests begin with caches off */
    __asm__ volatile("dc cvac, %0" : : "r"(frequency) : "memory");
    dsb_sy();
}

/** The range of RAM of @vm that @address is in, or NULL. */
static const struct plan_memory *ram_of(const struct plan_vm *vm, guest_addr_t address)
{
    const struct plan_memory *memory = plan_array(vm->memory);

    for (uint32_t i = 0; i < vm->memory.count; i++) { /* bound: MEMORY_RANGES */
        bool ram = (memory[i].flags & PLAN_MEMORY_EXEC) != 0;
        if (ram && address.ipa >= memory[i].ipa && address.ipa - memory[i].ipa < memory[i].size) {
            return &memory[i];
        }
    }
    return NULL;
}

bool guest_memory_has(const struct plan_vm *vm, guest_addr_t address)
{
    return ram_of(vm, address) != NULL;
}

uint32_t guest_memory_word(const struct plan_vm *vm, guest_addr_t address)
{
    const struct plan_memory *memory = ram_of(vm, address);

    return *(const volatile uint32_t *)window(
        (phys_addr_t){memory->pa + (address.ipa - memory->ipa)});
}

/** The first entries of the root of @vm are @entries now; NULL: none. */
static void stage2_root_set(const struct plan_vm *vm, const uint64_t *entries)
{
    volatile uint64_t *root = (volatile uint64_t *)EL2_STAGE2_ROOT((uint64_t)plan_vm_index(vm));

    for (uint32_t i = 0; i < vm->stage2.root.count; i++) { /* bound: ROOT_ENTRIES */
        root[i] = entries == NULL ? 0 : entries[i];
    }
    dsb_ish();
}

void guest_memory_revoke(const struct plan_vm *vm)
{
    uint64_t loaded = read_sysreg(vttbr_el2);

    stage2_root_set(vm, NULL);
    /* The VMID in VTTBR_EL2 tells which entries go, on all CPUs. Should this CPU translate an
     * address speculatively meanwhile, it does so with the loaded vCPU's stage 1 and this VM's
     * stage 2 (registers.S has the errata). Until the invalidation is done it may use older
     * entries of this VM's, and what it makes of them goes with them; from then on it finds
     * nothing but the empty root. Nobody fills that before this is done. */
    write_sysreg(vttbr_el2, vm->stage2.vttbr);
    isb();
    __asm__ volatile("tlbi vmalls12e1is" : : : "memory");
    dsb_ish();
    write_sysreg(vttbr_el2, loaded);
    isb();
}

/** What two registers hold: one instruction loads or stores it. */
typedef unsigned __int128 pair_t;

/* 64 bytes: the plan's ranges are multiples of it, the cache lines of all ARMv8-A cores known
 * too. */
#define LINE_PAIRS 4U

void guest_memory_restore(const struct plan_restore *step, uint64_t offset, uint64_t size)
{
    static const pair_t zeros[LINE_PAIRS];
    bool copies = step->source_pa != 0;
    const pair_t *source =
        copies ? (const pair_t *)window((phys_addr_t){step->source_pa + offset}) : zeros;
    pair_t *target = (pair_t *)window((phys_addr_t){step->target_pa + offset});

    /* bound: VM_RESTORE_SLICE / 64 */
    for (const pair_t *end = target + size / sizeof(pair_t); target < end; target += LINE_PAIRS) {
        target[0] = source[0];
        target[1] = source[1];
        target[2] = source[2];
        target[3] = source[3];
        /* a guest begins with its caches off */
        __asm__ volatile("dc civac, %0" : : "r"(target) : "memory");
        source += copies ? LINE_PAIRS : 0;
    }
}

void guest_memory_grant(const struct plan_vm *vm)
{
    stage2_root_set(vm, plan_array(vm->stage2.root));
    /* The memory's new contents may be code that an instruction cache still has in its old form. */
    __asm__ volatile("ic ialluis" : : : "memory");
    dsb_ish();
    isb();
}
