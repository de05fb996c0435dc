/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever a node of a VM's tree says, the board's node says too, but for what the VM sees
 * otherwise: registers below the root, and below a bus, are where the CPU sees them, and interrupts
 * that the board's tree leads on by an interrupt-map go straight to where they end.
 */
#include "check_board_nodes.h"

#include <stdio.h>
#include <string.h>

#define NAME_ROOM    80
#define UNIT_MAX     16U /* cells of a unit address, or of a specifier, that make sense */
#define TREES_FORMAT "%s: %s of %.64s in its device tree is not as on board %s"

void board_nodes_report(const struct trees *trees, int node, const char *what)
{
    report_fail(trees->check->view.report, PROPERTY_BOARD_TREES, TREES_FORMAT,
                trees->check->view.vm_who[trees->vm], what, fdt_get_name(trees->tree, node, NULL),
                trees->board->name);
}

uint32_t board_nodes_phandle(const void *board, int node)
{
    uint32_t phandle = node >= 0 ? fdt_get_phandle(board, node) : 0;
    if (node >= 0 && phandle == 0 &&
        fdt_getprop(board, node, "interrupt-controller", NULL) != NULL &&
        fdt_find_max_phandle(board, &phandle) == 0) {
        phandle += 1 + (uint32_t)node / (uint32_t)FDT_TAGSIZE;
    }
    return phandle;
}

static bool is_inherited(const void *tree, int node, const char *name)
{
    for (; node >= 0; node = tree_above(tree, node)) {
        if (fdt_getprop(tree, node, name, NULL) != NULL) {
            return true;
        }
    }
    return false;
}

/* What takes the interrupts of @node: what it or a node above names, or what stands above
 * (Devicetree Specification 0.4, 2.4). Not longer than the tree is deep, in case phandles lead
 * in a circle. */
static int interrupt_parent(const void *tree, int node)
{
    for (int i = 0; i < TREE_DEPTH_MAX && node >= 0; i++) {
        uint32_t phandle = tree_word(tree, node, "interrupt-parent", 0);
        node = phandle != 0 ? fdt_node_offset_by_phandle(tree, phandle) : tree_above(tree, node);
        if (node >= 0 && fdt_getprop(tree, node, "#interrupt-cells", NULL) != NULL) {
            return node;
        }
    }
    return -FDT_ERR_NOTFOUND;
}

/* The registers of a device of the board; *@count of them. */
static const struct span *registers_of(const struct board_source *board, int node, size_t *count)
{
    size_t first = 0;
    while (first < board->registers.count &&
           board->registers.items[first].owner != (uint32_t)node) {
        first++;
    }
    *count = 0;
    while (first + *count < board->registers.count &&
           board->registers.items[first + *count].owner == (uint32_t)node) {
        (*count)++;
    }
    return *count != 0 ? &board->registers.items[first] : NULL;
}

/* "reg" of two cells each: the board's registers as the CPU sees them. */
static bool has_registers(const struct trees *trees, int board_node, const fdt32_t *cells,
                          int length)
{
    size_t count;
    const struct span *registers = registers_of(trees->board, board_node, &count);
    bool same = (size_t)length == 16 * count;
    for (size_t i = 0; same && i < count; i++) {
        same = tree_cells(cells + 4 * i, 2) == registers[i].start &&
               tree_cells(cells + 4 * i + 2, 2) == registers[i].size;
    }
    return same;
}

/* Nodes of one name that lie on two buses of the board have numbers in the guest's root:
 * name-2@address. */
static bool base_is(const char *name, const char *board_name)
{
    size_t base = strcspn(name, "@");
    size_t board_base = strcspn(board_name, "@");
    if (base < board_base || strncmp(name, board_name, board_base) != 0) {
        return false;
    }
    return base == board_base ||
           (name[board_base] == '-' && base > board_base + 1 &&
            strspn(name + board_base + 1, "0123456789") == base - board_base - 1);
}

/* The first of the registers that a node has at two cells each; UINT64_MAX: none. */
static uint64_t address_of(const void *tree, int node)
{
    int length;
    const fdt32_t *reg = fdt_getprop(tree, node, "reg", &length);
    return reg != NULL && length >= 16 ? tree_cells(reg, 2) : UINT64_MAX;
}

bool board_nodes_match(const struct trees *trees, int node, int board_node)
{
    size_t count;
    const char *name = fdt_get_name(trees->tree, node, NULL);
    const char *board_name = fdt_get_name(trees->board->tree, board_node, NULL);
    const struct span *registers = registers_of(trees->board, board_node, &count);
    if (!base_is(name, board_name)) {
        return false;
    }
    return count != 0
               ? address_of(trees->tree, node) == registers[0].start
               : strcmp(name + strcspn(name, "@"), board_name + strcspn(board_name, "@")) == 0;
}

/* With a GICv2 private interrupts have other CPUs in a VM's tree: its own. check_trees has seen
 * which. */
static bool same_interrupts(const void *board, const fdt32_t *left, const fdt32_t *right, int count)
{
    return tree_controller_version(board, tree_controller(board)) == 2
               ? tree_same_interrupts(left, right, count)
               : memcmp(left, right, 4 * (size_t)count) == 0;
}

bool board_nodes_say(const void *board, int board_node, const char *name, const void *value,
                     int length)
{
    int said;
    const fdt32_t *cells = fdt_getprop(board, board_node, name, &said);
    if (strcmp(name, "interrupts") != 0 && strcmp(name, "interrupts-extended") != 0) {
        return tree_says(board, board_node, name, value, length);
    }
    return cells != NULL && said == length && same_interrupts(board, cells, value, length / 4);
}

/* Whether @cells lead to a controller by an entry of a nexus's map: phandle, unit address,
 * specifier (Devicetree Specification 0.4, 2.4.3). */
static bool is_in_map(const void *board, int nexus, const fdt32_t *cells, uint32_t unit,
                      uint32_t specifier)
{
    int length;
    const fdt32_t *map = fdt_getprop(board, nexus, "interrupt-map", &length);
    for (uint32_t i = 0; map != NULL && 4 * (i + 1 + unit + specifier) <= (uint32_t)length; i++) {
        if (map[i] == cells[0] &&
            same_interrupts(board, &map[i + 1 + unit], &cells[1], (int)specifier)) {
            return true;
        }
    }
    return false;
}

/* Interrupts that the board's tree gives to a nexus have the controller in the guest's where the
 * map leads them. */
static bool is_mapped(const void *board, const fdt32_t *cells, int length)
{
    for (uint32_t i = 0; 4 * i < (uint32_t)length;) {
        int controller = fdt_node_offset_by_phandle(board, fdt32_to_cpu(cells[i]));
        uint32_t unit = controller >= 0 ? tree_word(board, controller, "#address-cells", 0) : 0;
        uint32_t specifier =
            controller >= 0 ? tree_word(board, controller, "#interrupt-cells", 0) : 0;
        bool found = false;
        if (specifier == 0 || specifier > UNIT_MAX || unit > UNIT_MAX ||
            4 * (i + 1 + specifier) > (uint32_t)length) {
            return false;
        }
        for (int nexus = 0; !found && nexus >= 0; nexus = fdt_next_node(board, nexus, NULL)) {
            found = is_in_map(board, nexus, &cells[i], unit, specifier);
        }
        if (!found) {
            return false;
        }
        i += 1 + specifier;
    }
    return true;
}

/* Where a node stands in the VM's tree. */
struct location_of_node {
    bool translated;           /* its registers are where the CPU sees them */
    uint32_t interrupt_parent; /* what the nodes above name */
};

static bool is_number(const fdt32_t *value, int length, uint32_t number)
{
    return length == 4 && number != 0 && fdt32_to_cpu(*value) == number;
}

/* A word of a frame for messages, as board.yaml has it (gic: messages), or the tree. */
static uint32_t board_messages(struct board_source *board, int board_node, const char *name)
{
    struct config *facts = &board->facts;
    const yaml_node_t *list =
        config_get(facts, config_get(facts, config_root(facts), "gic"), "messages");
    const yaml_node_t *item;
    for (size_t i = 0; (item = config_item(facts, list, i)) != NULL; i++) {
        if (fdt_path_offset(board->tree, config_word(facts, item, "frame", "")) == board_node) {
            return (uint32_t)config_number(
                facts, item, strcmp(name, "arm,msi-base-spi") == 0 ? "first" : "count", 0);
        }
    }
    return tree_word(board->tree, board_node, name, 0);
}

static bool property_agrees(const struct trees *trees, int board_node, bool translated,
                            const char *name, const void *value, int length)
{
    const void *board = trees->board->tree;
    bool is_bus = fdt_getprop(board, board_node, "ranges", NULL) != NULL;
    if (translated && strcmp(name, "reg") == 0) {
        return has_registers(trees, board_node, value, length);
    }
    if (translated && strcmp(name, "dma-coherent") == 0) {
        return length == 0 && is_inherited(board, board_node, name);
    }
    if (is_bus && (strcmp(name, "#address-cells") == 0 || strcmp(name, "#size-cells") == 0)) {
        return is_number(value, length, 2);
    }
    if (is_bus && strcmp(name, "ranges") == 0) {
        return length == 0;
    }
    if (strcmp(name, "interrupt-parent") == 0) {
        return is_number(value, length,
                         board_nodes_phandle(board, interrupt_parent(board, board_node)));
    }
    if (strcmp(name, "phandle") == 0) {
        return is_number(value, length, board_nodes_phandle(board, board_node));
    }
    if (strncmp(name, "arm,msi-", 8) == 0) {
        uint32_t number = board_messages(trees->check->sources->board, board_node, name);
        return is_number(value, length, number);
    }
    return board_nodes_say(board, board_node, name, value, length) ||
           (strcmp(name, "interrupts-extended") == 0 && is_mapped(board, value, length));
}

static void check_needed(const struct trees *trees, int node, int board_node,
                         const struct location_of_node *location)
{
    static const char *const needed[] = {"compatible", "interrupts", "interrupts-extended",
                                         "clocks", "phandle"};
    const void *board = trees->board->tree;
    size_t count;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        bool mapped = strcmp(needed[i], "interrupts") == 0 &&
                      fdt_getprop(trees->tree, node, "interrupts-extended", NULL) != NULL;
        if (fdt_getprop(board, board_node, needed[i], NULL) != NULL &&
            fdt_getprop(trees->tree, node, needed[i], NULL) == NULL && !mapped) {
            board_nodes_report(trees, node, needed[i]);
        }
    }
    if (location->translated && registers_of(trees->board, board_node, &count) != NULL &&
        fdt_getprop(trees->tree, node, "reg", NULL) == NULL) {
        board_nodes_report(trees, node, "reg");
    }
    if (fdt_getprop(trees->tree, node, "interrupts", NULL) != NULL) {
        uint32_t parent = board_nodes_phandle(board, interrupt_parent(board, board_node));
        if (parent != 0 && parent != location->interrupt_parent) {
            board_nodes_report(trees, node, "interrupt-parent");
        }
    }
}

static bool properties_agree(const struct trees *trees, int node, int board_node)
{
    int at, length;
    fdt_for_each_property_offset(at, trees->tree, node)
    {
        const char *name;
        const void *value = fdt_getprop_by_offset(trees->tree, at, &name, &length);
        if (value == NULL || !property_agrees(trees, board_node, true, name, value, length)) {
            return false;
        }
    }
    return true;
}

/* Nodes of one name may lie at one address, as those for the bits of a register: then the one
 * that says the same. */
static int find_child(const struct trees *trees, int child, int board_node, bool translated)
{
    int twin;
    int first = -FDT_ERR_NOTFOUND;
    if (!translated) {
        return tree_child(trees->board->tree, board_node, fdt_get_name(trees->tree, child, NULL));
    }
    fdt_for_each_subnode(twin, trees->board->tree, board_node)
    {
        if (board_nodes_match(trees, child, twin)) {
            first = first >= 0 ? first : twin;
            if (properties_agree(trees, child, twin)) {
                return twin;
            }
        }
    }
    return first;
}

/* Recursion ends with the guest's tree. */
static void compare_nodes(const struct trees *trees, int node, int board_node,
                          const struct location_of_node *location)
{
    int at, length, child;
    fdt_for_each_property_offset(at, trees->tree, node)
    {
        const char *name;
        const void *value = fdt_getprop_by_offset(trees->tree, at, &name, &length);
        if (value == NULL ||
            !property_agrees(trees, board_node, location->translated, name, value, length)) {
            board_nodes_report(trees, node, value != NULL ? name : "a property");
        }
    }
    const struct location_of_node below = {
        .translated = fdt_getprop(trees->board->tree, board_node, "ranges", NULL) != NULL,
        .interrupt_parent =
            tree_word(trees->tree, node, "interrupt-parent", location->interrupt_parent),
    };
    if (location->translated && fdt_getprop(trees->tree, node, "reg", NULL) != NULL) {
        check_board_dma(trees, node, board_node);
    }
    check_needed(trees, node, board_node,
                 &(struct location_of_node){location->translated, below.interrupt_parent});
    fdt_for_each_subnode(child, trees->tree, node)
    {
        int twin = find_child(trees, child, board_node, below.translated);
        if (twin >= 0) {
            compare_nodes(trees, child, twin, &below);
        } else {
            board_nodes_report(trees, node, fdt_get_name(trees->tree, child, NULL));
        }
    }
}

/* The enabled node of the board that is called @name and is compatible with the same as @node: a
 * bus and what lies in it can have one name. */
static int find_namesake(const struct trees *trees, int node, const char *name)
{
    const void *board = trees->board->tree;
    int length = 0;
    const void *compatible = fdt_getprop(trees->tree, node, "compatible", &length);
    int twin = 0;
    while (twin >= 0 &&
           (strcmp(fdt_get_name(board, twin, NULL), name) != 0 ||
            (compatible != NULL && !tree_says(board, twin, "compatible", compatible, length)) ||
            !tree_enabled(board, twin))) {
        twin = fdt_next_node(board, twin, NULL);
    }
    return twin;
}

static int find_at(const struct trees *trees, int node, const char *name, uint64_t address)
{
    return address != UINT64_MAX ? board_find(trees->board, name, address)
                                 : find_namesake(trees, node, name);
}

/* By its phandle, which only one node of the board has; else by its name. */
static int find_twin(const struct trees *trees, int node)
{
    char plain[NAME_ROOM];
    const char *name = fdt_get_name(trees->tree, node, NULL);
    uint32_t phandle = fdt_get_phandle(trees->tree, node);
    int twin =
        phandle != 0 ? fdt_node_offset_by_phandle(trees->board->tree, phandle) : -FDT_ERR_NOTFOUND;
    if (twin >= 0 && board_nodes_match(trees, node, twin)) {
        return twin;
    }
    uint64_t address = address_of(trees->tree, node);
    twin = find_at(trees, node, name, address);
    size_t base = strcspn(name, "@");
    size_t end = base;
    while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9') {
        end--;
    }
    if (twin < 0 && end < base && end > 1 && name[end - 1] == '-' && strlen(name) < sizeof(plain)) {
        snprintf(plain, sizeof(plain), "%.*s%s", (int)(end - 1), name, name + base);
        twin = find_at(trees, node, plain, address);
    }
    return twin;
}

void board_nodes_compare(const struct trees *trees, int node)
{
    const struct location_of_node location = {true,
                                              tree_word(trees->tree, 0, "interrupt-parent", 0)};
    int twin = find_twin(trees, node);
    if (twin >= 0) {
        compare_nodes(trees, node, twin, &location);
    } else {
        report_fail(trees->check->view.report, PROPERTY_BOARD_TREES,
                    "%s: its device tree has %.64s, board %s does not",
                    trees->check->view.vm_who[trees->vm], fdt_get_name(trees->tree, node, NULL),
                    trees->board->name);
    }
}
