/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The VMs' memory: of each a word that tells whose life it is of, and whether its guest has it; and
 * how often each of its lines was brought back for the next life. Taking it away takes time, in
 * which other CPUs run.
 */
#include "guest_memory.h"
#include "machine.h"
#include "vm.h"

#define LINE      64U
#define LINES_MAX 128U

static struct memory {
    _Atomic(uint64_t) word;
    _Atomic(uint64_t) revoking[CPUS]; /* 0, or 1 + the life that this CPU is at taking it from */
    /* a vCPU may have gone off by itself, the last one, too: nobody takes it then */
    _Atomic(uint32_t) left;
    uint8_t restored[LINES_MAX]; /* lines, since that began last */
} memories[VMS];

/** Initially all have theirs, of life 0. */
#define WORD_FIRST 1U

uint64_t memory_word(uint32_t vm)
{
    return atomic_load_explicit(&memories[vm].word, memory_order_relaxed) ^ WORD_FIRST;
}

static void word_set(uint32_t vm, uint64_t life, bool granted)
{
    atomic_store_explicit(&memories[vm].word, (life << 1 | (granted ? 1 : 0)) ^ WORD_FIRST,
                          memory_order_relaxed);
}

void memory_check(uint32_t vm, uint64_t life)
{
    uint32_t phase = __atomic_load_n(&vm_status_pages[vm].phase, __ATOMIC_RELAXED);

    check(LIFE(memory_word(vm)) == life, "a vCPU runs in the memory of another life");
    for (uint32_t i = 0; i < CPUS; i++) {
        uint64_t revoking = atomic_load_explicit(&memories[vm].revoking[i], memory_order_relaxed);
        check(revoking == 0 || revoking - 1 >= life,
              "a vCPU runs while the memory of the life before is being taken");
    }
    check(phase != VM_STATUS_OFF && phase != VM_STATUS_RESTORING && phase != VM_STATUS_STOPPED,
          "a vCPU of a VM runs that has none");
}

void memory_left(uint32_t vm)
{
    atomic_store_explicit(&memories[vm].left, 1, memory_order_relaxed);
}

void guest_info_complete(const struct plan_vm *vm)
{
    (void)vm;
}

bool guest_memory_has(const struct plan_vm *vm, guest_addr_t address)
{
    const struct plan_memory *memory = plan_array(vm->memory);

    return address.ipa - memory->ipa < memory->size;
}

uint32_t guest_memory_word(const struct plan_vm *vm, guest_addr_t address)
{
    check(guest_memory_has(vm, address) && address.ipa % 4 == 0, "EL2 reads beyond a VM's memory");
    return one_in(3) ? 1 : 0;
}

void guest_memory_revoke(const struct plan_vm *vm)
{
    struct memory *memory = &memories[plan_vm_index(vm)];
    uint64_t life = LIFE(memory_word(plan_vm_index(vm)));

    atomic_store_explicit(&memory->revoking[me->index], life + 1, memory_order_relaxed);
    machine_stall(one_in(4) ? 300 : 4);
    word_set(plan_vm_index(vm), LIFE(memory_word(plan_vm_index(vm))), false);
    machine_note("revokes", plan_vm_index(vm), life);
    machine_stall(one_in(4) ? 300 : 4);
    atomic_store_explicit(&memory->revoking[me->index], 0, memory_order_relaxed);
}

/** No vCPU of @vm runs, nor has its memory. */
static void nobody_runs(uint32_t vm)
{
    const struct plan_vm *plan_of = plan_vm(vm);

    for (uint32_t i = plan_of->first_vcpu; i < plan_of->first_vcpu + plan_of->vcpu_count; i++) {
        check(__atomic_load_n(&vcpu_states[i].power, __ATOMIC_RELAXED) != VCPU_ON,
              "a vCPU is on while its VM has none");
    }
    /* Who takes it may be slow, while all vCPUs have parked: it is granted again only after
     * that. */
    check(!GRANTED(memory_word(vm)) ||
              atomic_load_explicit(&memories[vm].left, memory_order_relaxed) != 0 ||
              __atomic_load_n(&vm_states[vm].revoking, __ATOMIC_SEQ_CST) != 0 ||
              !GRANTED(memory_word(vm)),
          "memory is brought back, or granted, while the VM has it");
}

void guest_memory_restore(const struct plan_restore *step, uint64_t offset, uint64_t size)
{
    uint32_t vm = (uint32_t)(step->target_pa >> 24) - 1;

    nobody_runs(vm);
    check(offset % LINE == 0 && size % LINE == 0 && offset + size <= step->size,
          "a step is brought back beyond its end");
    for (uint32_t i = 0; step == plan_array(plan_vm(vm)->restore) && offset == 0 && i < LINES_MAX;
         i++) {
        /* from the start: the time before, the VM was stopped meanwhile */
        memories[vm].restored[i] = 0;
    }
    for (uint64_t line = ((step->target_pa & 0xffffff) + offset) / LINE; size != 0;
         size -= LINE, line++) {
        check(line < LINES_MAX && memories[vm].restored[line] == 0, "a line is brought back twice");
        memories[vm].restored[line] = 1;
    }
}

void guest_memory_grant(const struct plan_vm *vm)
{
    uint32_t index = plan_vm_index(vm);
    const struct plan_restore *steps = plan_array(vm->restore);
    uint32_t lines = 0;

    nobody_runs(index);
    for (uint32_t i = 0; i < vm->restore.count; i++) {
        for (uint64_t line = (steps[i].target_pa & 0xffffff) / LINE;
             line < ((steps[i].target_pa & 0xffffff) + steps[i].size) / LINE; line++) {
            check(memories[index].restored[line] == 1,
                  "memory is granted that was not brought back");
            lines++;
        }
    }
    for (uint32_t i = 0; i < LINES_MAX; i++) {
        lines -= memories[index].restored[i];
        memories[index].restored[i] = 0;
    }
    check(lines == 0, "more is brought back than the plan says");
    atomic_store_explicit(&memories[index].left, 0, memory_order_relaxed);
    machine_point();
    word_set(index, LIFE(memory_word(index)) + 1, true);
    machine_note("grants", index, LIFE(memory_word(index)));
}
