/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU TCG plugin that counts the instructions of the hypervisor: by CPU, by the section of a
 * benchmark that was in force, and by the place at which the hypervisor was entered.
 * docs/measuring.md says how to use it.
 *
 *     -plugin
 * el2count.so,text=PA:SIZE,out=FILE[,call=FUNCTION:CALLER:SIZE][,series=FROM:TO][,trace=on]
 *
 * Hypervisor code is what lies in [PA, PA + SIZE) of physical memory, whatever virtual address it
 * runs at: so neither a guest that uses the same virtual addresses nor the code that runs before
 * the MMU is on is miscounted. An exit begins with the first instruction there and ends with an
 * ERET (both counted).
 *
 * Several exits between two instructions of guests are one passage: an interrupt that makes another
 * VM run, and the next one, which that VM finds there, are both on the way to its first
 * instruction. Passages are told apart by the section that was left and the one that is in force at
 * the next exit: so by the guest that they led to, if it begins with a mark.
 *
 * call: counts also the instructions from the first instruction of the function at virtual address
 * FUNCTION until the function that calls it, at CALLER, goes on. trace: tells also how often each
 * instruction was executed in the longest passage of each kind. Slow.
 *
 * A guest says what it measures by a hint that is a NOP to the hardware: `hint #96+N` puts section
 * N (0..31) in force on its own CPU; 0, the first one, stands for "nothing in particular". `hint
 * #80+N` (N: 0..15) is moment N: what all CPUs have executed until then is kept.
 *
 * series: each time, what a CPU executes from its moment FROM to its next moment TO, at EL2 and in
 * all; exact, if no block of a guest in between is ended early (an interrupt does not). These two
 * moments are not kept otherwise.
 *
 * Guest code is counted by whole blocks, and runs without any other instrumentation but for these
 * hints, so a guest under load stays fast. A block that an exception ends early counts whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qemu-plugin.h>

#include "counts.h"
#include "shared.h"

#define HINT         0xd503201fU /* with the number in bits 11:5 (Arm DDI 0487, C6.2 HINT) */
#define HINT_MASK    0xfffff01fU
#define FIRST_MARK   96U
#define FIRST_MOMENT 80U

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static struct qemu_plugin_scoreboard *cpus;
static const char *output;
static bool text_known;
static uint64_t call_function;
static uint64_t call_caller;
static uint64_t call_caller_size;
static bool tracing;
static bool series_on;
static uint64_t series_from;
static uint64_t series_to;

static struct entry *entry_find(struct section *section, uint64_t address)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        struct entry *entry = &section->entries[i];

        if (entry->exits == 0) {
            entry->address = address;
            entry->min = UINT64_MAX;
        }
        if (entry->address == address) {
            return entry;
        }
    }
    return NULL;
}

static void length_add(struct lengths *lengths, uint64_t length)
{
    lengths->count++;
    lengths->sum += length;
    lengths->max = length > lengths->max ? length : lengths->max;
}

static uint32_t *trace_new(void)
{
    return calloc(TRACE_INSTRUCTIONS, sizeof(uint32_t));
}

/** The guest that the last passage of @cpu led to has executed something: its section is known by
 * now. */
static void passage_file(struct cpu *cpu)
{
    struct lengths *passages = &cpu->sections[cpu->passage_from].passages[cpu->section];
    bool longest = cpu->passage_length > passages->max;

    if (cpu->passage_length == 0) {
        return; /* there was none yet */
    }
    length_add(passages, cpu->passage_length);
    if (longest && cpu->trace != NULL) {
        passages->trace = passages->trace != NULL ? passages->trace : trace_new();
        memcpy(passages->trace, cpu->trace, TRACE_INSTRUCTIONS * sizeof(uint32_t));
    }
    cpu->passage_length = 0;
}

/** An exit begins on @cpu: so does a passage, if a guest has executed anything since the last
 * one. */
static void passage_begin(struct cpu *cpu)
{
    if (cpu->guest == cpu->guest_at_leave) {
        return;
    }
    passage_file(cpu);
    cpu->at_passage = cpu->executed;
    cpu->passage_from = cpu->section;
    if (cpu->trace != NULL) {
        memset(cpu->trace, 0, TRACE_INSTRUCTIONS * sizeof(uint32_t));
    }
}

/** An exit ends on @cpu; whether the passage does is not known yet. */
static void passage_note(struct cpu *cpu)
{
    cpu->passage_length = cpu->executed - cpu->at_passage;
    cpu->guest_at_leave = cpu->guest;
}

/** The hypervisor was entered on @vcpu at the virtual address in @data. */
static void hypervisor_enter(unsigned vcpu, void *data)
{
    struct cpu *cpu = qemu_plugin_scoreboard_find(cpus, vcpu);

    cpu->inside = 1;
    cpu->exits++;
    if (tracing && cpu->trace == NULL) {
        cpu->trace = trace_new();
    }
    cpu->at_entry = cpu->executed;
    cpu->entered_at = (uint64_t)(uintptr_t)data;
    passage_begin(cpu);
}

/** The hypervisor returns to a guest on @vcpu. */
static void hypervisor_leave(unsigned vcpu, void *data)
{
    struct cpu *cpu = qemu_plugin_scoreboard_find(cpus, vcpu);
    struct section *section = &cpu->sections[cpu->section];
    uint64_t length = cpu->executed - cpu->at_entry;

    (void)data;
    cpu->inside = 0;
    if (cpu->first_run == 0) {
        cpu->first_run = cpu->executed;
        cpu->guest_at_leave = UINT64_MAX; /* a boot is no passage */
        return;
    }
    struct entry *entry = entry_find(section, cpu->entered_at);
    if (entry == NULL) {
        section->lost++;
        return;
    }
    entry->exits++;
    entry->instructions += length;
    entry->min = length < entry->min ? length : entry->min;
    entry->max = length > entry->max ? length : entry->max;
    passage_note(cpu);
}

/** The function that is watched begins on @vcpu. */
static void call_begin(unsigned vcpu, void *data)
{
    struct cpu *cpu = qemu_plugin_scoreboard_find(cpus, vcpu);

    (void)data;
    cpu->calling = 1;
    cpu->at_call = cpu->executed;
}

/** It has returned to its caller. */
static void call_end(unsigned vcpu, void *data)
{
    struct cpu *cpu = qemu_plugin_scoreboard_find(cpus, vcpu);

    (void)data;
    cpu->calling = 0;
    length_add(&cpu->calls, cpu->executed - cpu->at_call);
}

/** The instruction at offset @data of the hypervisor's code is executed. */
static void trace_instruction(unsigned vcpu, void *data)
{
    struct cpu *cpu = qemu_plugin_scoreboard_find(cpus, vcpu);
    uintptr_t number = (uintptr_t)data / 4;

    if (cpu->trace != NULL && number < TRACE_INSTRUCTIONS) {
        cpu->trace[number]++;
    }
}

/** A guest says that it is moment @data. Others go on meanwhile: exact for the CPU that says it. */
static void moment_keep(unsigned vcpu, void *data)
{
    uintptr_t number = (uintptr_t)data;

    (void)vcpu;
    for (unsigned i = 0; i < (unsigned)qemu_plugin_num_vcpus(); i++) {
        struct cpu *cpu = qemu_plugin_scoreboard_find(cpus, i);

        cpu->moments[number] = (struct count){1, cpu->executed, cpu->guest, cpu->exits};
    }
}

/** What @cpu has executed when @rest instructions of its guest's block are still to come: blocks
 * are counted at their start. */
static struct series_step executed_at(const struct cpu *cpu, uint64_t rest)
{
    return (struct series_step){.hypervisor = cpu->executed,
                                .all = cpu->executed + cpu->guest - rest};
}

/** A guest on @vcpu has come to the series' FROM, with @data instructions of the block after it. */
static void series_from_reached(unsigned vcpu, void *data)
{
    struct cpu *cpu = qemu_plugin_scoreboard_find(cpus, vcpu);

    series_begin(&cpu->series, executed_at(cpu, (uint64_t)(uintptr_t)data));
}

/** The same for TO. */
static void series_to_reached(unsigned vcpu, void *data)
{
    struct cpu *cpu = qemu_plugin_scoreboard_find(cpus, vcpu);

    series_end(&cpu->series, executed_at(cpu, (uint64_t)(uintptr_t)data));
}

/** A guest on @vcpu puts the section in @data in force. */
static void section_mark(unsigned vcpu, void *data)
{
    struct cpu *cpu = qemu_plugin_scoreboard_find(cpus, vcpu);

    cpu->section = (uint64_t)(uintptr_t)data;
    cpu->sections[cpu->section].marks++;
}

static void call_instrument(struct qemu_plugin_insn *instruction)
{
    qemu_plugin_u64 calling = qemu_plugin_scoreboard_u64_in_struct(cpus, struct cpu, calling);
    uint64_t address = qemu_plugin_insn_vaddr(instruction);

    if (call_function == 0) {
        return;
    }
    if (address == call_function) {
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, call_begin, QEMU_PLUGIN_CB_NO_REGS,
                                               NULL);
    } else if (address - call_caller < call_caller_size) {
        qemu_plugin_register_vcpu_insn_exec_cond_cb(instruction, call_end, QEMU_PLUGIN_CB_NO_REGS,
                                                    QEMU_PLUGIN_COND_EQ, calling, 1, NULL);
    }
}

static void hypervisor_instrument(struct qemu_plugin_tb *block)
{
    qemu_plugin_u64 inside = qemu_plugin_scoreboard_u64_in_struct(cpus, struct cpu, inside);
    qemu_plugin_u64 executed = qemu_plugin_scoreboard_u64_in_struct(cpus, struct cpu, executed);

    qemu_plugin_register_vcpu_tb_exec_cond_cb(block, hypervisor_enter, QEMU_PLUGIN_CB_NO_REGS,
                                              QEMU_PLUGIN_COND_EQ, inside, 0,
                                              (void *)(uintptr_t)qemu_plugin_tb_vaddr(block));
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);

        call_instrument(instruction); /* before the instruction counts */
        if (tracing) {
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, trace_instruction,
                                                   QEMU_PLUGIN_CB_NO_REGS,
                                                   (void *)(uintptr_t)text_offset(instruction));
        }
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(instruction, QEMU_PLUGIN_INLINE_ADD_U64,
                                                            executed, 1);
        if (text_word(instruction) == ERET) {
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, hypervisor_leave,
                                                   QEMU_PLUGIN_CB_NO_REGS, NULL);
        }
    }
}

/** @instruction is moment @number, with @rest instructions of the block after it. */
static void moment_instrument(struct qemu_plugin_insn *instruction, uint32_t number, size_t rest)
{
    if (series_on && (number == series_from || number == series_to)) {
        qemu_plugin_register_vcpu_insn_exec_cb(
            instruction, number == series_from ? series_from_reached : series_to_reached,
            QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)rest);
        return;
    }
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, moment_keep, QEMU_PLUGIN_CB_NO_REGS,
                                           (void *)(uintptr_t)number);
}

static void guest_instrument(struct qemu_plugin_tb *block)
{
    qemu_plugin_u64 guest = qemu_plugin_scoreboard_u64_in_struct(cpus, struct cpu, guest);

    qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(block, QEMU_PLUGIN_INLINE_ADD_U64, guest,
                                                      qemu_plugin_tb_n_insns(block));
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        uint32_t word = text_word(instruction);
        uint32_t number = (word & ~HINT_MASK) >> 5;

        if ((word & HINT_MASK) == HINT && number >= FIRST_MARK) {
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, section_mark,
                                                   QEMU_PLUGIN_CB_NO_REGS,
                                                   (void *)(uintptr_t)(number - FIRST_MARK));
        } else if ((word & HINT_MASK) == HINT && number >= FIRST_MOMENT) {
            moment_instrument(instruction, number - FIRST_MOMENT,
                              qemu_plugin_tb_n_insns(block) - i - 1);
        }
    }
}

static void block_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    if (text_offset(qemu_plugin_tb_get_insn(block, 0)) != UINT64_MAX) {
        hypervisor_instrument(block);
    } else {
        guest_instrument(block);
    }
}

static void results_write(qemu_plugin_id_t id, void *data)
{
    FILE *file = fopen(output, "w");

    (void)id;
    (void)data;
    if (file == NULL) {
        perror(output);
        return;
    }
    fprintf(file, "[");
    for (unsigned vcpu = 0; vcpu < (unsigned)qemu_plugin_num_vcpus(); vcpu++) {
        fprintf(file, "%s", vcpu == 0 ? "" : ",");
        report_cpu(file, qemu_plugin_scoreboard_find(cpus, vcpu));
    }
    fprintf(file, "]\n");
    if (fclose(file) != 0) {
        perror(output);
    }
}

static bool out_take(const char *path)
{
    output = path;
    return true;
}

static bool text_take(const char *text)
{
    uint64_t range[2];

    text_known = numbers_read(text, range, 2) == 2 && range[1] != 0;
    if (text_known) {
        text_at(range[0], range[1]);
    }
    return text_known;
}

static bool call_take(const char *text)
{
    uint64_t numbers[3];

    if (numbers_read(text, numbers, 3) != 3) {
        return false;
    }
    call_function = numbers[0];
    call_caller = numbers[1];
    call_caller_size = numbers[2];
    return true;
}

static bool series_take(const char *text)
{
    uint64_t moments[2];

    series_on = numbers_read(text, moments, 2) == 2;
    if (series_on) {
        series_from = moments[0];
        series_to = moments[1];
    }
    return series_on;
}

static bool trace_take(const char *text)
{
    tracing = strcmp(text, "on") == 0;
    return tracing;
}

static const struct argument arguments[] = {
    {"text", text_take},     {"out", out_take},     {"call", call_take},
    {"series", series_take}, {"trace", trace_take},
};

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                           char **argv)
{
    (void)info;
    if (!arguments_take("el2count", arguments, sizeof(arguments) / sizeof(arguments[0]), argc,
                        argv)) {
        return 1;
    }
    if (output == NULL || !text_known) {
        fprintf(stderr, "el2count: text=PA:SIZE and out=FILE are needed\n");
        return 1;
    }
    cpus = qemu_plugin_scoreboard_new(sizeof(struct cpu));
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_translate);
    qemu_plugin_register_atexit_cb(id, results_write, NULL);
    return 0;
}
