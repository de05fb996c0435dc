/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU TCG plugin that counts what each way through the hypervisor takes, by its class (bench/exit_classes.yaml).
 *
 *     -plugin ways.so,code=FILE,start=OFFSET,vectors=OFFSET,classes=OFFSET:OFFSET:...,out=FILE[,turns=on]
 *
 * code: the hypervisor's code. start: where in it the machine's first instruction is: so it is found wherever an image has
 * put it. If something else is there, the file of results says so. vectors: where the vectors are. classes: where the symbols
 * are that make a way one of a class; the last one begins a new way. turns: CPUs run in turns (icount). Then, if there are
 * several, QEMU 10.0.2 calls back with the CPU for which a block was translated, not the one that executes it, and code of
 * inline operations and of conditions is wrong, the guest's too. So neither is used there: whose turn it is tells TTBR0_EL2,
 * for each CPU has a table of its own. Slower.
 *
 * Guests run without any instrumentation. The results are in the file at any time: machines are ended by SIGKILL, too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <qemu-plugin.h>

#include "text.h"
#include "ways.h"

#define SLOT_SIZE       0x80U  /* of the vectors (Arm DDI 0487, D1.4.2) */
#define SLOTS_OF_GUESTS 0x400U /* from lower exception levels */
#define SLOTS_END       0x800U

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/** A CPU's present way. */
struct way {
    uint64_t cpu;      /* its place in the results */
    uint64_t executed; /* instructions of the hypervisor, counted by inline code */
    uint64_t inside;   /* 1 from a way's first instruction to its last */
    uint64_t class;    /* WAYS_CLASSES: none yet */
    uint64_t begin;    /* `executed` at its beginning */
    uint64_t piece_count;
    struct piece pieces[WAYS_PIECES]; /* count: the way's instructions before it */
};

static struct qemu_plugin_scoreboard *cpus;
static struct ways_file *results;
static const uint8_t *code;
static uint64_t code_size;
static uint64_t start;
static uint64_t vectors;
static uint64_t classes[WAYS_CLASSES];
static size_t class_count;

/* Where CPUs run in turns: their ways, by TTBR0_EL2, and that of whose turn it is. */
static bool turns;
static struct qemu_plugin_register *ttbr;
static GByteArray *ttbr_value;
static uint64_t ttbrs[WAYS_CPUS];
static struct way *turn_ways;
static struct way *turn;

static struct way *way_of(unsigned vcpu)
{
    return turns ? turn : qemu_plugin_scoreboard_find(cpus, vcpu);
}

/** The way goes on at offset @data of the code. */
static void way_continue(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);

    if (way->piece_count < WAYS_PIECES) {
        way->pieces[way->piece_count] = (struct piece){(uint32_t)(uintptr_t)data, (uint32_t)(way->executed - way->begin)};
    }
    way->piece_count++;
}

static void way_begin(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);

    results->unfinished += way->inside;
    way->inside = 1;
    way->class = WAYS_CLASSES;
    way->begin = way->executed;
    way->piece_count = 0;
    way_continue(vcpu, data);
}

/** @way, of @length instructions, is the longest of @ways: keeps what it consists of. */
static void longest_keep(struct ways *ways, const struct way *way, uint64_t length)
{
    uint64_t kept = way->piece_count < WAYS_PIECES ? way->piece_count : WAYS_PIECES;

    ways->piece_count = 0; /* should we be killed meanwhile */
    for (uint64_t i = 0; i < kept; i++) {
        uint64_t end = i + 1 < kept ? way->pieces[i + 1].count : length;
        ways->pieces[i] = (struct piece){way->pieces[i].offset, (uint32_t)end - way->pieces[i].count};
    }
    ways->max = length;
    ways->piece_count = way->piece_count;
}

static void way_end(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);
    uint64_t length = way->executed - way->begin;

    (void)data;
    if (way->inside == 0) {
        return; /* the end of a boot */
    }
    way->inside = 0;
    if (way->class == WAYS_CLASSES) {
        results->others++;
        return;
    }
    struct ways *ways = &results->ways[turns ? way->cpu : vcpu][way->class];
    ways->min = ways->count == 0 || length < ways->min ? length : ways->min;
    ways->count++;
    ways->sum += length;
    if (length > ways->max) {
        longest_keep(ways, way, length);
    }
}

/** A way ends here, and another one begins, at offset @data. */
static void way_split(unsigned vcpu, void *data)
{
    way_end(vcpu, NULL);
    way_begin(vcpu, data);
    way_of(vcpu)->class = class_count - 1;
}

/** The CPU starts. */
static void way_drop(unsigned vcpu, void *data)
{
    (void)data;
    results->unfinished += way_of(vcpu)->inside;
    way_of(vcpu)->inside = 0;
}

/** The way is of class @data, unless it is of a later one. */
static void way_classify(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);
    uint64_t class = (uint64_t)(uintptr_t)data;

    way->class = way->class == WAYS_CLASSES || class > way->class ? class : way->class;
}

/** The CPU that executes this block is the one whose turn it is. */
static void turn_find(void)
{
    uint64_t value = 0;
    size_t cpu = 0;

    g_byte_array_set_size(ttbr_value, 0);
    if (qemu_plugin_read_register(ttbr, ttbr_value) == (int)sizeof value) {
        memcpy(&value, ttbr_value->data, sizeof value);
    }
    while (cpu < WAYS_CPUS - 1 && ttbrs[cpu] != value && ttbrs[cpu] != UINT64_MAX) {
        cpu++;
    }
    ttbrs[cpu] = value;
    turn = &turn_ways[cpu];
}

static void turn_continue(unsigned vcpu, void *data)
{
    turn_find();
    if (turn->inside != 0) {
        way_continue(vcpu, data);
    }
}

static void turn_count(unsigned vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    turn->executed++;
}

/** Finds the register by which CPUs are told apart; it is the same for all. */
static void turns_prepare(qemu_plugin_id_t id, unsigned vcpu)
{
    GArray *registers = qemu_plugin_get_registers();

    (void)id;
    (void)vcpu;
    for (guint i = 0; i < registers->len; i++) {
        const qemu_plugin_reg_descriptor *descriptor = &g_array_index(registers, qemu_plugin_reg_descriptor, i);
        if (strcmp(descriptor->name, "TTBR0_EL2") == 0) {
            ttbr = descriptor->handle;
        }
    }
    g_array_free(registers, TRUE);
}

static void call(struct qemu_plugin_insn *instruction, qemu_plugin_vcpu_udata_cb_t function, uint64_t data)
{
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, function, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)data);
}

/** What @instruction, at @offset of the code, means for the way that it is on. */
static void instruction_mark(struct qemu_plugin_insn *instruction, uint64_t offset)
{
    uint64_t slot = offset - vectors;

    if (slot >= SLOTS_OF_GUESTS && slot < SLOTS_END && slot % SLOT_SIZE == 0) {
        call(instruction, way_begin, offset);
    }
    if (offset == start) {
        call(instruction, way_drop, 0);
    }
    for (size_t i = 0; i < class_count; i++) {
        if (offset == classes[i] && i == class_count - 1) {
            call(instruction, way_split, offset);
        } else if (offset == classes[i]) {
            call(instruction, way_classify, i);
        }
    }
}

static bool is_foreign(uint64_t offset, const struct qemu_plugin_insn *instruction)
{
    uint32_t word;

    memcpy(&word, code + offset, sizeof word);
    return word != text_word(instruction);
}

/** Follows the ways through @block, at @offset of the code. */
static void block_follow(struct qemu_plugin_tb *block, uint64_t offset)
{
    void *at = (void *)(uintptr_t)offset;

    if (turns) {
        qemu_plugin_register_vcpu_tb_exec_cb(block, turn_continue, QEMU_PLUGIN_CB_R_REGS, at);
    } else {
        qemu_plugin_register_vcpu_tb_exec_cond_cb(block, way_continue, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_COND_EQ,
                                                  qemu_plugin_scoreboard_u64_in_struct(cpus, struct way, inside), 1, at);
    }
}

static void instruction_count(struct qemu_plugin_insn *instruction)
{
    if (turns) {
        call(instruction, turn_count, 0);
    } else {
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
            instruction, QEMU_PLUGIN_INLINE_ADD_U64, qemu_plugin_scoreboard_u64_in_struct(cpus, struct way, executed), 1);
    }
}

static void block_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    uint64_t offset = text_offset(qemu_plugin_tb_get_insn(block, 0));

    (void)id;
    if (offset == UINT64_MAX || results->foreign != 0) {
        return;
    }
    block_follow(block, offset);
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        uint64_t at = offset + 4 * i;

        if (at >= code_size || is_foreign(at, instruction)) {
            results->foreign = 1;
            return;
        }
        instruction_mark(instruction, at);
        instruction_count(instruction);
        if (text_word(instruction) == TEXT_ERET) {
            call(instruction, way_end, 0);
        }
    }
}

/** The file at @path, of which @size bytes at least are mapped; NULL if that can't be. */
static void *file_map(const char *path, int flags, size_t *size)
{
    int file = open(path, flags, 0666);
    struct stat status;
    void *mapped = MAP_FAILED;

    if (file >= 0 && ((flags & O_CREAT) == 0 || ftruncate(file, (off_t)*size) == 0) && fstat(file, &status) == 0) {
        *size = (size_t)status.st_size;
        mapped = mmap(NULL, *size, (flags & O_CREAT) != 0 ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0);
    }
    if (mapped == MAP_FAILED) {
        perror(path);
    }
    if (file >= 0) {
        close(file);
    }
    return mapped == MAP_FAILED ? NULL : mapped;
}

static bool results_open(const char *path)
{
    size_t size = sizeof *results;

    results = file_map(path, O_RDWR | O_CREAT | O_TRUNC, &size);
    if (results != NULL) {
        results->magic = WAYS_MAGIC;
    }
    return results != NULL;
}

static bool code_open(const char *path)
{
    size_t size = 0;

    code = file_map(path, O_RDONLY, &size);
    code_size = size;
    return code != NULL;
}

static bool offset_parse(const char *text, uint64_t *offset)
{
    char *end;

    *offset = strtoull(text, &end, 0);
    return end != text && *end == '\0';
}

static bool classes_parse(const char *text)
{
    char *end = (char *)(uintptr_t)text;

    do {
        if (class_count == WAYS_CLASSES) {
            return false;
        }
        classes[class_count++] = strtoull(end, &end, 0);
    } while (*end++ == ':');
    return end[-1] == '\0';
}

static bool argument_parse(char *argument)
{
    char *value = strchr(argument, '=');

    if (value == NULL) {
        return false;
    }
    *value++ = '\0';
    if (strcmp(argument, "out") == 0) {
        return results_open(value);
    }
    if (strcmp(argument, "code") == 0) {
        return code_open(value);
    }
    if (strcmp(argument, "turns") == 0) {
        turns = strcmp(value, "on") == 0;
        return turns;
    }
    if (strcmp(argument, "start") == 0) {
        return offset_parse(value, &start);
    }
    if (strcmp(argument, "vectors") == 0) {
        return offset_parse(value, &vectors);
    }
    return strcmp(argument, "classes") == 0 && classes_parse(value);
}

static void turns_init(qemu_plugin_id_t id)
{
    turn_ways = calloc(WAYS_CPUS, sizeof *turn_ways);
    turn = turn_ways;
    ttbr_value = g_byte_array_new();
    for (size_t cpu = 0; cpu < WAYS_CPUS; cpu++) {
        turn_ways[cpu].cpu = cpu;
        ttbrs[cpu] = UINT64_MAX;
    }
    qemu_plugin_register_vcpu_init_cb(id, turns_prepare);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (!argument_parse(argv[i])) {
            fprintf(stderr, "ways: %s can't be used\n", argv[i]);
            return 1;
        }
    }
    if (results == NULL || code == NULL || class_count == 0 || info->system.max_vcpus > (int)WAYS_CPUS) {
        fprintf(stderr, "ways: code=FILE, start, vectors and classes, and out=FILE are needed, and at most %u CPUs\n", WAYS_CPUS);
        return 1;
    }
    text_by_first(start, code_size);
    cpus = qemu_plugin_scoreboard_new(sizeof(struct way));
    turns = turns && info->system.smp_vcpus > 1;
    if (turns) {
        turns_init(id);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_translate);
    return 0;
}
