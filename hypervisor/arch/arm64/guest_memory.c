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
    struct info_page *info = (struct info_page *)window((phys_addr_t){vm->info_pa});

    info->counter_frequency = cpu_counter_frequency();
    __asm__ volatile("dc cvac, %0" : : "r"(&info->counter_frequency) : "memory"); /* guests begin with caches off */
    dsb_sy();
}

/** The range of RAM of @vm that @address is in, or NULL. */
static const struct plan_memory *ram_of(const struct plan_vm *vm, guest_addr_t address)
{
    const struct plan_memory *memory = plan_array(vm->memory);

    for (uint32_t i = 0; i < vm->memory.count; i++) {
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

    return *(const volatile uint32_t *)window((phys_addr_t){memory->pa + (address.ipa - memory->ipa)});
}

static volatile uint64_t *stage2_root(const struct plan_vm *vm)
{
    return (volatile uint64_t *)EL2_STAGE2_ROOT((uint64_t)plan_vm_index(vm));
}

void guest_memory_revoke(const struct plan_vm *vm)
{
    volatile uint64_t *root = stage2_root(vm);

    uint64_t loaded = read_sysreg(vttbr_el2);

    for (uint32_t i = 0; i < vm->stage2.root.count; i++) {
        root[i] = 0;
    }
    dsb_ish();
    /* The VMID in VTTBR_EL2 tells which entries go, on all CPUs. Should this CPU walk tables speculatively meanwhile,
     * it finds the root empty; what it takes from older entries goes with them. */
    write_sysreg(vttbr_el2, vm->stage2.vttbr);
    isb();
    __asm__ volatile("tlbi vmalls12e1is" : : : "memory");
    dsb_ish();
    write_sysreg(vttbr_el2, loaded);
    isb();
}

#define LINE 64U /* the plan's ranges are multiples of it; no smaller than a cache line of any ARMv8-A core known */

/** Copies or, where @from is NULL, clears @size bytes, through to memory: a guest begins with its caches off. */
static void memory_set(uint8_t *to, const uint8_t *from, uint64_t size)
{
    for (uint64_t at = 0; at < size; at += LINE) {
        uint64_t *target = (uint64_t *)(to + at);
        const uint64_t *source = from == NULL ? NULL : (const uint64_t *)(from + at);
        for (unsigned word = 0; word < LINE / sizeof(uint64_t); word++) {
            target[word] = source == NULL ? 0 : source[word];
        }
        __asm__ volatile("dc civac, %0" : : "r"(target) : "memory");
    }
}

void guest_memory_restore(const struct plan_restore *step, uint64_t offset, uint64_t size)
{
    const uint8_t *from = step->source_pa == 0 ? NULL : window((phys_addr_t){step->source_pa + offset});

    memory_set(window((phys_addr_t){step->target_pa + offset}), from, size);
}

void guest_memory_grant(const struct plan_vm *vm)
{
    const uint64_t *entries = plan_array(vm->stage2.root);
    volatile uint64_t *root = stage2_root(vm);

    for (uint32_t i = 0; i < vm->stage2.root.count; i++) {
        root[i] = entries[i];
    }
    /* The memory's new contents may be code that an instruction cache still has in its old form. */
    dsb_ish();
    __asm__ volatile("ic ialluis" : : : "memory");
    dsb_ish();
    isb();
}
