/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU TCG plugin that counts what each way through the hypervisor takes, by its class (bench/exit_classes.yaml).
 *
 *     -plugin ways.so,code=FILE,start=OFFSET,vectors=OFFSET,classes=OFFSET:OFFSET:...,out=FILE[,begins=N][,turns=on]
 *
 * code: the hypervisor's code. start: where in it the machine's first instruction is: so it is found wherever an image
 * has put it. If something else is there, the file of results says so. vectors: where the vectors are. classes: where
 * the symbols are that make a way one of a class; the last N of them, 1 if not told, begin a new way. turns: CPUs run
 * in turns (icount). Then, if there are several, QEMU 10.0.2 calls back with the CPU for which a block was translated,
 * not the one that executes it: whose turn it is tells TTBR0_EL2, for each CPU has a table of its own. (Its inline
 * operations are wrong there, and spoil the guest.)
 *
 * Blocks of the translator are counted, for that is fast. One may end early: an access to a device in its midst makes
 * QEMU go on from it in another block. So what was executed of a block is known when the next one begins.
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

#define ERET 0xd69f03e0U
#define WFI  0xd503207fU

#define CLASS_SHIFT 16U /* a block has fewer instructions */

#define SLOT_SIZE       0x80U  /* of the vectors (Arm DDI 0487, D1.4.2) */
#define SLOTS_OF_GUESTS 0x400U /* from lower exception levels */
#define SLOTS_END       0x800U

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/** Branches to an address that lies within themselves, at these bits, in words (Arm DDI 0487, C4.1). */
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

/** A CPU's present way. */
struct way {
    uint64_t cpu; /* its place in the results */
    bool inside;
    bool asleep;        /* it goes on when the core wakes up */
    bool started;       /* the CPU's boot is over */
    bool returns;       /* the last instruction of the present block is executed, and branches into its midst */
    uint64_t class;     /* WAYS_CLASSES: none yet */
    uint64_t length;    /* instructions before the present block */
    struct piece block; /* the present one, all of it */
    uint64_t piece_count;
    struct piece pieces[WAYS_PIECES];
};

static struct way ways[WAYS_CPUS + 1];
static struct ways_file *results;
static const uint8_t *code;
static uint64_t code_size;
static uint64_t start;
static uint64_t vectors;
static uint64_t classes[WAYS_CLASSES];
static size_t class_count;
static uint64_t beginning_classes = 1;

/* Where CPUs run in turns: the value of TTBR0_EL2 of each, and one that all have before their MMU is on; whose turn it
 * is. */
static bool turns;
static struct qemu_plugin_register *ttbr;
static GByteArray *ttbr_value;
static uint64_t ttbrs[WAYS_CPUS + 1];
static size_t turn;
static unsigned busy; /* CPUs that are in the midst of a way, or of their boot */

static struct way *way_of(unsigned vcpu)
{
    return &ways[turns ? turn : vcpu];
}

/* A piece as what a callback is given. */
static void *piece_pack(struct piece piece)
{
    return (void *)(uintptr_t)((uint64_t)piece.count << 32 | piece.offset);
}

static struct piece piece_unpack(const void *data)
{
    return (struct piece){(uint32_t)(uintptr_t)data, (uint32_t)((uintptr_t)data >> 32)};
}

/** The way is left, or goes on at @next: of its present block that was executed which lies before @next, if that is in
 * its midst. */
static void block_end(struct way *way, uint32_t next)
{
    uint32_t before = (next - way->block.offset) / 4;
    uint32_t executed = before != 0 && before < way->block.count && !way->returns ? before : way->block.count;

    if (way->piece_count < WAYS_PIECES) {
        way->pieces[way->piece_count] = (struct piece){way->block.offset, executed};
    }
    way->piece_count++;
    way->length += executed;
    way->block.count = 0;
    way->returns = false;
}

/** Says whether @way goes on without an exit. */
static void way_set(struct way *way, bool inside, bool asleep)
{
    if (turns) {
        busy += (unsigned)(inside && !asleep) - (unsigned)(way->inside && !way->asleep);
    }
    way->inside = inside;
    way->asleep = asleep;
}

/** The CPU's first way is about to begin. */
static void boot_end(struct way *way)
{
    if (turns && !way->started) {
        way->started = true;
        busy -= busy != 0;
    }
}

static void way_begin(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);

    results->unfinished += way->inside;
    way_set(way, true, false);
    way->returns = false;
    way->class = WAYS_CLASSES;
    way->length = 0;
    way->block = piece_unpack(data);
    way->piece_count = 0;
}

/** @way is the longest of @same: keeps what it consists of. */
static void longest_keep(struct ways *same, const struct way *way)
{
    size_t kept = way->piece_count < WAYS_PIECES ? way->piece_count : WAYS_PIECES;

    same->piece_count = 0; /* should we be killed meanwhile */
    memcpy(same->pieces, way->pieces, kept * sizeof(struct piece));
    same->max = way->length;
    same->piece_count = way->piece_count;
}

/** The way ends before the instruction at @next. */
static void way_end(struct way *way, uint32_t next)
{
    if (!way->inside) {
        boot_end(way);
        return;
    }
    block_end(way, next);
    way_set(way, false, false);
    if (way->class == WAYS_CLASSES) {
        results->others++;
        return;
    }
    struct ways *same = &results->ways[way->cpu][way->class];
    same->min = same->count == 0 || way->length < same->min ? way->length : same->min;
    same->count++;
    same->sum += way->length;
    if (way->length > same->max) {
        longest_keep(same, way);
    }
}

/** The ERET at offset @data. */
static void way_return(unsigned vcpu, void *data)
{
    way_end(way_of(vcpu), (uint32_t)(uintptr_t)data + 4);
}

/** A way ends here, and another one begins, with the rest of this block; its class and that rest are in @data. */
static void way_split(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);
    struct piece rest = piece_unpack(data);
    uint64_t class = rest.count >> CLASS_SHIFT;

    rest.count &= (1U << CLASS_SHIFT) - 1;
    if (way->inside && way->block.offset == rest.offset) {
        way->block.count = 0; /* it is all of the new way */
    }
    way_end(way, rest.offset);
    way_begin(vcpu, piece_pack(rest));
    way->class = class;
}

/** The core sleeps. */
static void way_sleep(unsigned vcpu, void *data)
{
    (void)data;
    way_set(way_of(vcpu), way_of(vcpu)->inside, way_of(vcpu)->inside);
}

/** The CPU starts. */
static void way_drop(unsigned vcpu, void *data)
{
    (void)data;
    results->unfinished += way_of(vcpu)->inside;
    way_set(way_of(vcpu), false, false);
    busy++;
}

/** The way is of class @data, unless it is of a later one. */
static void way_classify(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);
    uint64_t class = (uint64_t)(uintptr_t)data;

    way->class = way->class == WAYS_CLASSES || class > way->class ? class : way->class;
}

/** The way goes on with the block @data. */
static void way_continue(unsigned vcpu, void *data)
{
    struct way *way = way_of(vcpu);
    struct piece block = piece_unpack(data);

    if (way->inside) {
        block_end(way, block.offset);
        way->block = block;
        way_set(way, true, false);
    }
}

/** The present block comes to its last instruction. */
static void way_come_back(unsigned vcpu, void *data)
{
    (void)data;
    way_of(vcpu)->returns = true;
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
    while (cpu < WAYS_CPUS && ttbrs[cpu] != value && ttbrs[cpu] != UINT64_MAX) {
        cpu++;
    }
    ttbrs[cpu] = value;
    turn = cpu;
}

/** Here a CPU begins to be busy. */
static void turn_begin(unsigned vcpu, void *data)
{
    turn_find();
    way_continue(vcpu, data);
}

/** While one CPU only is busy, whose turn it is need not be looked up, which is slow. */
static void turn_continue(unsigned vcpu, void *data)
{
    if (busy != 1 || !ways[turn].inside || ways[turn].asleep) {
        turn_find();
    }
    way_continue(vcpu, data);
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
    if (ttbr == NULL) {
        fprintf(stderr, "ways: QEMU knows no register TTBR0_EL2\n");
        exit(1);
    }
}

static void call(struct qemu_plugin_insn *instruction, qemu_plugin_vcpu_udata_cb_t function, void *data)
{
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, function, QEMU_PLUGIN_CB_NO_REGS, data);
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

    memcpy(&word, code + offset, sizeof word);
    return word;
}

/** What the first instruction of @rest, of a block, means for the way that it is on. */
static void instruction_mark(struct qemu_plugin_insn *instruction, struct piece rest)
{
    if (is_slot(rest.offset)) {
        call(instruction, way_begin, piece_pack(rest));
    }
    if (rest.offset == start) {
        call(instruction, way_drop, NULL);
    }
    for (size_t i = 0; i < class_count; i++) {
        if (rest.offset == classes[i] && i + beginning_classes >= class_count) {
            struct piece begun = {rest.offset, rest.count | (uint32_t)i << CLASS_SHIFT};
            call(instruction, way_split, piece_pack(begun));
        } else if (rest.offset == classes[i]) {
            call(instruction, way_classify, (void *)(uintptr_t)i);
        }
    }
    if (text_word(instruction) == ERET) {
        call(instruction, way_return, (void *)(uintptr_t)rest.offset);
    }
    if (text_word(instruction) == WFI) {
        call(instruction, way_sleep, NULL);
    }
}

/** Where @word, at @offset of the code, branches to, if it says so itself; else @offset. */
static uint64_t branch_target(uint32_t word, uint64_t offset)
{
    for (size_t i = 0; i < sizeof branches / sizeof branches[0]; i++) {
        if ((word & branches[i].mask) == branches[i].value) {
            uint32_t field = word << (32 - branches[i].low - branches[i].bits);
            return offset + (uint64_t)(4 * (int64_t)((int32_t)field >> (32 - branches[i].bits)));
        }
    }
    return offset;
}

/** What @block, all of it @whole, begins with. */
static void block_mark(struct qemu_plugin_tb *block, struct piece whole)
{
    bool begins =
        is_slot(whole.offset) || whole.offset == start || (whole.offset >= 4 && code_word(whole.offset - 4) == WFI);

    if (turns) {
        qemu_plugin_register_vcpu_tb_exec_cb(block, begins ? turn_begin : turn_continue, QEMU_PLUGIN_CB_R_REGS,
                                             piece_pack(whole));
    } else {
        qemu_plugin_register_vcpu_tb_exec_cb(block, way_continue, QEMU_PLUGIN_CB_NO_REGS, piece_pack(whole));
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
            call(instruction, way_come_back, NULL);
        }
    }
}

static void block_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    uint64_t offset = text_offset(qemu_plugin_tb_get_insn(block, 0));

    (void)id;
    if (offset != UINT64_MAX && results->foreign == 0) {
        block_instrument(block, (struct piece){(uint32_t)offset, (uint32_t)qemu_plugin_tb_n_insns(block)});
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
    const char *rest = text;
    char *end;

    for (;;) {
        if (class_count == WAYS_CLASSES) {
            return false;
        }
        classes[class_count++] = strtoull(rest, &end, 0);
        if (end == rest || *end != ':') {
            return end != rest && *end == '\0';
        }
        rest = end + 1;
    }
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
    if (strcmp(argument, "begins") == 0) {
        return offset_parse(value, &beginning_classes);
    }
    return strcmp(argument, "classes") == 0 && classes_parse(value);
}

static void turns_init(qemu_plugin_id_t id)
{
    ttbr_value = g_byte_array_new();
    memset(ttbrs, 0xff, sizeof ttbrs);
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
        fprintf(stderr, "ways: code=FILE, start, vectors and classes, and out=FILE are needed, and at most %u CPUs\n",
                WAYS_CPUS);
        return 1;
    }
    text_by_first(start, code_size);
    for (size_t cpu = 0; cpu <= WAYS_CPUS; cpu++) {
        ways[cpu].cpu = cpu % WAYS_CPUS; /* all that counts is that no two CPUs mix their ways */
    }
    turns = turns && info->system.smp_vcpus > 1;
    if (turns) {
        turns_init(id);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_translate);
    return 0;
}
