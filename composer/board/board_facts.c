/* SPDX-License-Identifier: Apache-2.0 */
/* Reads board.yaml (see board.h). */
#include "board_read.h"

#include "diagnostics.h"
#include "memory.h"
#include "yaml_value.h"

static const struct yaml_key board_keys[] = {
    YAML_OPTIONAL("name"),     YAML_OPTIONAL("description"), YAML_OPTIONAL("architecture"),
    YAML_REQUIRED("gic"),      YAML_OPTIONAL("reserved"),    YAML_OPTIONAL("aliases"),
    YAML_OPTIONAL("consoles"), YAML_OPTIONAL("dma"),         YAML_OPTIONAL("costs"),
    YAML_OPTIONAL("ram"),      YAML_OPTIONAL("qemu"),
};
static const struct yaml_key gic_keys[] = {
    YAML_REQUIRED("interrupts"),
    YAML_OPTIONAL("redistributor-stride"),
    YAML_OPTIONAL("interfaces"),
    YAML_OPTIONAL("messages"),
};
static const struct yaml_key message_keys[] = {
    YAML_REQUIRED("frame"),
    YAML_REQUIRED("first"),
    YAML_REQUIRED("count"),
};
static const struct yaml_key range_keys[] = {
    YAML_REQUIRED("start"),
    YAML_REQUIRED("size"),
};
static const struct yaml_key cost_keys[] = {
    YAML_REQUIRED("switch"),
    YAML_REQUIRED("interrupt"),
    YAML_REQUIRED("exit"),
};
static const struct yaml_key console_keys[] = {
    YAML_REQUIRED("compatible"),
    YAML_REQUIRED("data"),
    YAML_REQUIRED("status"),
    YAML_REQUIRED("busy"),
};
#define MESSAGES_EXAMPLE "{frame: /intc@8000000/v2m@8020000, first: 80, count: 64}"
#define CONSOLE_EXAMPLE  "{compatible: \"arm,pl011\", data: 0x00, status: 0x18, busy: 0x20}"
static const struct yaml_choice architectures[] = {{"arm64", 0}};

#define LAST_INTERFACE 7U /* a GICv2 has 8 (Arm IHI 0048B, 1.2) */

static void read_interfaces(struct yaml_file *file, yaml_node_t *list, struct board_facts *facts)
{
    bool taken[LAST_INTERFACE + 1] = {false};
    yaml_node_t *item;

    if (list == NULL || !yaml_read_list(file, list, "interfaces", "[0, 1, 2, 3]", false)) {
        return;
    }
    facts->interfaces_location = yaml_location(file, list);
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        uint64_t number;

        if (!yaml_read_number(file, item, "interfaces", LAST_INTERFACE, &number)) {
            continue;
        }
        if (taken[number]) {
            error(yaml_location(file, item),
                  "interfaces: %llu stands there twice; each CPU has one of its own",
                  (unsigned long long)number);
        }
        taken[number] = true;
        *ARRAY_ADD(facts->interfaces, facts->interface_count) = (uint32_t)number;
    }
}

static void read_messages(struct yaml_file *file, yaml_node_t *list, struct board_facts *facts)
{
    yaml_node_t *item;

    if (list == NULL || !yaml_read_list(file, list, "messages", "[" MESSAGES_EXAMPLE "]", false)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        struct board_messages messages = {.location = yaml_location(file, item)};
        uint64_t first, count;

        if (!yaml_expect_mapping(file, item, "an entry of messages", MESSAGES_EXAMPLE)) {
            continue;
        }
        yaml_check_keys(file, item, message_keys, COUNT_OF(message_keys), "an entry of messages");
        if (!yaml_read_text(file, yaml_find(file, item, "frame"), "frame", &messages.frame) ||
            !yaml_read_number(file, yaml_find(file, item, "first"), "first", PLAN_INTID_END - 1,
                              &first) ||
            !yaml_read_number(file, yaml_find(file, item, "count"), "count", PLAN_INTID_END,
                              &count)) {
            continue;
        }
        messages.first = (uint32_t)first;
        messages.count = (uint32_t)count;
        *ARRAY_ADD(facts->messages, facts->messages_count) = messages;
    }
}

static void read_gic(struct yaml_file *file, yaml_node_t *gic, struct board_facts *facts)
{
    uint64_t interrupts = 0;

    if (gic == NULL || !yaml_expect_mapping(file, gic, "gic", "{interrupts: 288}")) {
        return;
    }
    yaml_check_keys(file, gic, gic_keys, COUNT_OF(gic_keys), "gic");

    const yaml_node_t *count = yaml_find(file, gic, "interrupts");
    if (yaml_read_number(file, count, "interrupts", PLAN_MAX_INTIDS, &interrupts) &&
        interrupts != PLAN_INTID_END && (interrupts % 32 != 0 || interrupts <= PLAN_FIRST_SPI)) {
        error(yaml_location(file, count),
              "interrupts: the number of INTIDs is a multiple of 32 from 64 to 992, or %u; "
              "round it down",
              PLAN_INTID_END);
    }
    /* The distributor counts in words of 32; what is no interrupt in the last one is never given
     * away. */
    facts->interrupts = interrupts == PLAN_INTID_END ? PLAN_MAX_INTIDS : (uint32_t)interrupts;
    const yaml_node_t *stride = yaml_find(file, gic, "redistributor-stride");
    if (yaml_read_address(file, stride, "redistributor-stride", 0x10000,
                          &facts->redistributor_stride)) {
        facts->stride_location = yaml_location(file, stride);
    }
    read_interfaces(file, yaml_find(file, gic, "interfaces"), facts);
    read_messages(file, yaml_find(file, gic, "messages"), facts);
}

/* A list of ranges of memory, such as @example. */
static void read_ranges(struct yaml_file *file, yaml_node_t *list, const char *key,
                        const char *example, bool may_be_empty, struct range **ranges,
                        size_t *count)
{
    const char *entry = text_format("an entry of %s", key);
    yaml_node_t *item;

    if (!yaml_read_list(file, list, key, example, may_be_empty)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        struct range range = {0};

        if (!yaml_expect_mapping(file, item, entry, "{start: 0x40000000, size: 2M}")) {
            continue;
        }
        yaml_check_keys(file, item, range_keys, COUNT_OF(range_keys), entry);
        if (!yaml_read_address(file, yaml_find(file, item, "start"), "start", PLAN_PAGE_SIZE,
                               &range.start) ||
            !yaml_read_size(file, yaml_find(file, item, "size"), "size", &range.size)) {
            continue;
        }
        if (range.size > UINT64_MAX - range.start) {
            error(yaml_location(file, item),
                  "%s: it ends above the last address there is; correct start or size", key);
        } else {
            *ARRAY_ADD(*ranges, *count) = range;
        }
    }
}

static void read_aliases(struct yaml_file *file, yaml_node_t *aliases, struct board_facts *facts)
{
    if (aliases == NULL ||
        !yaml_expect_mapping(file, aliases, "aliases", "{rtc: /pl031@9010000}")) {
        return;
    }
    for (yaml_node_pair_t *pair = aliases->data.mapping.pairs.start;
         pair < aliases->data.mapping.pairs.top; pair++) {
        struct board_alias alias = {0};
        const yaml_node_t *name = yaml_document_get_node(&file->document, pair->key);
        const yaml_node_t *path = yaml_document_get_node(&file->document, pair->value);

        if (yaml_read_text(file, name, "aliases", &alias.name) &&
            yaml_read_text(file, path, alias.name, &alias.path)) {
            *ARRAY_ADD(facts->aliases, facts->alias_count) = alias;
        }
    }
}

static bool read_offset(struct yaml_file *file, yaml_node_t *mapping, const char *key,
                        uint64_t limit, uint32_t *result)
{
    uint64_t value;

    if (!yaml_read_number(file, yaml_find(file, mapping, key), key, limit, &value)) {
        return false;
    }
    *result = (uint32_t)value;
    return true;
}

static void read_consoles(struct yaml_file *file, yaml_node_t *list, struct board_facts *facts)
{
    yaml_node_t *item;

    if (!yaml_read_list(file, list, "consoles", "[" CONSOLE_EXAMPLE "]", true)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        struct board_console console = {0};

        if (!yaml_expect_mapping(file, item, "an entry of consoles", CONSOLE_EXAMPLE)) {
            continue;
        }
        yaml_check_keys(file, item, console_keys, COUNT_OF(console_keys), "an entry of consoles");
        if (yaml_read_text(file, yaml_find(file, item, "compatible"), "compatible",
                           &console.compatible) &&
            read_offset(file, item, "data", PLAN_PAGE_SIZE - 4, &console.data) &&
            read_offset(file, item, "status", PLAN_PAGE_SIZE - 4, &console.status) &&
            read_offset(file, item, "busy", UINT32_MAX, &console.busy)) {
            *ARRAY_ADD(facts->consoles, facts->console_count) = console;
        }
    }
}

static void read_dma(struct yaml_file *file, yaml_node_t *list, struct board_facts *facts)
{
    yaml_node_t *item;
    const char *compatible;

    if (!yaml_read_list(file, list, "dma", "[\"virtio,mmio\"]", true)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        if (yaml_read_text(file, item, "dma", &compatible)) {
            *ARRAY_ADD(facts->dma, facts->dma_count) = compatible;
        }
    }
}

static void read_costs(struct yaml_file *file, yaml_node_t *costs, struct board_facts *facts)
{
    if (costs == NULL ||
        !yaml_expect_mapping(file, costs, "costs", "{switch: 3us, interrupt: 2us, exit: 25us}")) {
        return;
    }
    yaml_check_keys(file, costs, cost_keys, COUNT_OF(cost_keys), "costs");
    yaml_read_time(file, yaml_find(file, costs, "switch"), "switch", 1, &facts->costs.switch_ns);
    yaml_read_time(file, yaml_find(file, costs, "interrupt"), "interrupt", 1,
                   &facts->costs.interrupt_ns);
    yaml_read_time(file, yaml_find(file, costs, "exit"), "exit", 1, &facts->costs.exit_ns);
}

bool board_facts_read(const char *path, struct board_facts *facts)
{
    /* Names and texts point into the document, so it stays. */
    struct yaml_file *file = memory_new(1, sizeof(*file));
    unsigned mistakes_before = error_count();
    const char *text;
    int architecture;

    facts->file = path;
    if (!yaml_file_read(path, file)) {
        return false;
    }

    yaml_node_t *root = yaml_root(file);
    yaml_check_keys(file, root, board_keys, COUNT_OF(board_keys), "a board");
    yaml_read_text(file, yaml_find(file, root, "name"), "name", &text);
    yaml_read_choice(file, yaml_find(file, root, "architecture"), "architecture", architectures, 1,
                     &architecture);
    read_gic(file, yaml_find(file, root, "gic"), facts);
    read_ranges(file, yaml_find(file, root, "ram"), "ram", "[{start: 0x40000000, size: 2G}]", false,
                &facts->ram, &facts->ram_count);
    read_ranges(file, yaml_find(file, root, "reserved"), "reserved",
                "[{start: 0x40000000, size: 2M}]", true, &facts->reserved, &facts->reserved_count);
    read_aliases(file, yaml_find(file, root, "aliases"), facts);
    read_consoles(file, yaml_find(file, root, "consoles"), facts);
    read_dma(file, yaml_find(file, root, "dma"), facts);
    read_costs(file, yaml_find(file, root, "costs"), facts);
    return error_count() == mistakes_before;
}
