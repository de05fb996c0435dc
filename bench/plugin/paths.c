/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU TCG plugin that counts what each path through the hypervisor takes, by its class
 * (bench/exit_classes.yaml).
 *
 *     -plugin paths.so,code=FILE,start=OFFSET,vectors=OFFSET,classes=OFFSET:OFFSET:...,out=FILE
 *             [,begins=N][,turns=on]
 *
 * code: the hypervisor's code. start: where in it the machine's first instruction is: so it is
 * found wherever an image has put it. If something else is there, the file of results says so.
 * vectors: where the vectors are. classes: where the symbols are that make a path one of a class;
 * the last N of them, 1 if not told, begin a new path. turns: CPUs run in turns (turns.h).
 *
 * Here the hypervisor's code is instrumented; present_path.c counts. Guests run without any
 * instrumentation. The results are in the file at any time: machines are ended by SIGKILL, too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <qemu-plugin.h>

#include "paths.h"
#include "present_path.h"
#include "shared.h"
#include "turns.h"

#define WFI 0xd503207fU

#define SLOT_SIZE       0x80U  /* of the vectors (Arm DDI 0487, D1.4.2) */
#define SLOTS_OF_GUESTS 0x400U /* from lower exception levels */
#define SLOTS_END       0x800U

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/** Branches to an address that lies within themselves, at these bits, in words
 * (Arm DDI 0487, C4.1). */
static const struct {
    uint32_t mask;
    uint32_t value;
    uint32_t low;
    uint32_t bits;
} branches[] = {
    {0xfc000000, 0x14000000, 0, 26}, /* B */
    {0xff000000, 0x54000000, 5, 19}, /* B.cond */
    {0x7e000000, 0x34000000, 5, 19}, /* CBZ, CBNZ */
    {0x7e000000, 0x36000000, 5, 14}, /* TBZ, TBNZ */
};

static struct paths_file *results;
static const uint8_t *code;
static uint64_t code_size;
static uint64_t start;
static uint64_t vectors;
static uint64_t classes[PATHS_CLASSES];
static size_t class_count;
static uint64_t beginning_classes = 1;
static bool turns_asked;

/** Here a CPU begins to be busy. */
static void turn_begin(unsigned vcpu, void *data)
{
    turn_find();
    path_continue(vcpu, data);
}

/** While one CPU only is busy, whose turn it is need not be looked up, which is slow. */
static void turn_continue(unsigned vcpu, void *data)
{
    if (!path_is_the_only_one(vcpu)) {
        turn_find();
    }
    path_continue(vcpu, data);
}

static void call(struct qemu_plugin_insn *at, qemu_plugin_vcpu_udata_cb_t function, void *data)
{
    qemu_plugin_register_vcpu_insn_exec_cb(at, function, QEMU_PLUGIN_CB_NO_REGS, data);
}

/** Whether a vector's slot for guests begins at @offset of the code. */
static bool is_slot(uint64_t offset)
{
    uint64_t slot = offset - vectors;

    return slot >= SLOTS_OF_GUESTS && slot < SLOTS_END && slot % SLOT_SIZE == 0;
}

static uint32_t code_word(uint64_t offset)
{
    uint32_t word;

    memcpy(&word, code + offset, sizeof(word));
    return word;
}

/** What the first instruction of @rest, of a block, means for the path that it is on. */
static void instruction_mark(struct qemu_plugin_insn *instruction, struct piece rest)
{
    if (is_slot(rest.offset)) {
        call(instruction, path_begin, piece_pack(rest));
    }
    if (rest.offset == start) {
        call(instruction, path_drop, NULL);
    }
    for (size_t i = 0; i < class_count; i++) {
        if (rest.offset == classes[i] && i + beginning_classes >= class_count) {
            call(instruction, path_split, piece_pack_class(rest, i));
        } else if (rest.offset == classes[i]) {
            call(instruction, path_classify, (void *)(uintptr_t)i);
        }
    }
    if (text_word(instruction) == ERET) {
        call(instruction, path_return, (void *)(uintptr_t)rest.offset);
    }
    if (text_word(instruction) == WFI) {
        call(instruction, path_sleep, NULL);
    }
}

/** Where @word, at @offset of the code, branches to, if it says so itself; else @offset. */
static uint64_t branch_target(uint32_t word, uint64_t offset)
{
    for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++) {
        if ((word & branches[i].mask) == branches[i].value) {
            uint32_t field = word << (32 - branches[i].low - branches[i].bits);
            return offset + (uint64_t)(4 * (int64_t)((int32_t)field >> (32 - branches[i].bits)));
        }
    }
    return offset;
}

/** Whether a CPU begins to be busy at @offset of the code: it starts, wakes, or leaves a guest. */
static bool is_beginning(uint64_t offset)
{
    bool wakes = offset >= 4 && code_word(offset - 4) == WFI;

    return wakes || is_slot(offset) || offset == start;
}

/** What @block, all of it @whole, begins with. */
static void block_mark(struct qemu_plugin_tb *block, struct piece whole)
{
    void *data = piece_pack(whole);

    if (turns_on()) {
        qemu_plugin_vcpu_udata_cb_t turn = is_beginning(whole.offset) ? turn_begin : turn_continue;
        qemu_plugin_register_vcpu_tb_exec_cb(block, turn, QEMU_PLUGIN_CB_R_REGS, data);
    } else {
        qemu_plugin_register_vcpu_tb_exec_cb(block, path_continue, QEMU_PLUGIN_CB_NO_REGS, data);
    }
}

static void block_instrument(struct qemu_plugin_tb *block, struct piece whole)
{
    block_mark(block, whole);
    for (uint32_t i = 0; i < whole.count; i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        struct piece rest = {whole.offset + 4 * i, whole.count - i};

        if (rest.offset >= code_size || code_word(rest.offset) != text_word(instruction)) {
            results->foreign = 1;
            return;
        }
        instruction_mark(instruction, rest);
        uint64_t target = branch_target(text_word(instruction), rest.offset);
        if (target > whole.offset && target < rest.offset) {
            call(instruction, path_come_back, NULL);
        }
    }
}

static void block_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    uint64_t offset = text_offset(qemu_plugin_tb_get_insn(block, 0));

    (void)id;
    if (offset != UINT64_MAX && results->foreign == 0) {
        uint32_t count = (uint32_t)qemu_plugin_tb_n_insns(block);
        block_instrument(block, (struct piece){(uint32_t)offset, count});
    }
}

/** The file called @name, of which @size bytes at least are mapped; NULL if that can't be. */
static void *file_map(const char *name, int flags, size_t *size)
{
    bool made = (flags & O_CREAT) != 0;
    int rights = made ? PROT_READ | PROT_WRITE : PROT_READ;
    int file = open(name, flags, 0666);
    bool sized = file >= 0 && (!made || ftruncate(file, (off_t)*size) == 0);
    struct stat status;
    void *mapped = MAP_FAILED;

    if (sized && fstat(file, &status) == 0) {
        *size = (size_t)status.st_size;
        mapped = mmap(NULL, *size, rights, MAP_SHARED, file, 0);
    }
    if (mapped == MAP_FAILED) {
        perror(name);
    }
    if (file >= 0) {
        close(file);
    }
    return mapped == MAP_FAILED ? NULL : mapped;
}

static bool out_take(const char *name)
{
    size_t size = sizeof(*results);

    results = file_map(name, O_RDWR | O_CREAT | O_TRUNC, &size);
    if (results != NULL) {
        results->magic = PATHS_MAGIC;
    }
    return results != NULL;
}

static bool code_take(const char *name)
{
    size_t size = 0;

    code = file_map(name, O_RDONLY, &size);
    code_size = size;
    return code != NULL;
}

static bool start_take(const char *text)
{
    return numbers_read(text, &start, 1) == 1;
}

static bool vectors_take(const char *text)
{
    return numbers_read(text, &vectors, 1) == 1;
}

static bool classes_take(const char *text)
{
    class_count = numbers_read(text, classes, PATHS_CLASSES);
    return class_count != 0;
}

static bool begins_take(const char *text)
{
    return numbers_read(text, &beginning_classes, 1) == 1;
}

static bool turns_take(const char *text)
{
    turns_asked = strcmp(text, "on") == 0;
    return turns_asked;
}

static const struct argument arguments[] = {
    {"out", out_take},         {"code", code_take},       {"start", start_take},
    {"vectors", vectors_take}, {"classes", classes_take}, {"begins", begins_take},
    {"turns", turns_take},
};

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                           char **argv)
{
    if (!arguments_take("paths", arguments, sizeof(arguments) / sizeof(arguments[0]), argc, argv)) {
        return 1;
    }
    if (results == NULL || code == NULL || class_count == 0) {
        fprintf(stderr, "paths: code=FILE, start, vectors, classes and out=FILE are needed\n");
        return 1;
    }
    if (info->system.max_vcpus > (int)PATHS_CPUS) {
        fprintf(stderr, "paths: a machine can have at most %u CPUs\n", PATHS_CPUS);
        return 1;
    }
    text_by_first(start, code_size);
    paths_start(results);
    if (turns_asked && info->system.smp_vcpus > 1) {
        turns_start(id);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_translate);
    return 0;
}
