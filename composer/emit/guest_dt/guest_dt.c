/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the device tree of a guest: what its VM has, and nothing else. */
#include "guest_dt.h"

#include <libfdt.h>
#include <string.h>

#include "diagnostics.h"
#include "memory.h"
#include "tree.h"

#define FIRST_SIZE (64U << 10)
#define LAST_SIZE  (16U << 20)

static void note(struct guest_dt *dt, int result)
{
    if (dt->error == 0 && result < 0) {
        dt->error = result;
    }
}

void guest_dt_begin(struct guest_dt *dt, const char *name)
{
    note(dt, fdt_begin_node(dt->tree, name));
}

void guest_dt_end(struct guest_dt *dt)
{
    note(dt, fdt_end_node(dt->tree));
}

void guest_dt_bytes(struct guest_dt *dt, const char *name, const void *bytes, size_t size)
{
    note(dt, fdt_property(dt->tree, name, bytes, (int)size));
}

void guest_dt_text(struct guest_dt *dt, const char *name, const char *text)
{
    guest_dt_bytes(dt, name, text, strlen(text) + 1);
}

void guest_dt_flag(struct guest_dt *dt, const char *name)
{
    guest_dt_bytes(dt, name, NULL, 0);
}

void guest_dt_cell(struct guest_dt *dt, const char *name, uint32_t value)
{
    note(dt, fdt_property_u32(dt->tree, name, value));
}

void guest_dt_number(struct guest_dt *dt, const char *name, uint64_t value)
{
    note(dt, fdt_property_u64(dt->tree, name, value));
}

void guest_dt_registers(struct guest_dt *dt, const struct range *ranges, size_t count)
{
    fdt64_t *cells = memory_new(2 * count, sizeof(*cells));

    for (size_t i = 0; i < count; i++) {
        cells[2 * i] = cpu_to_fdt64(ranges[i].start);
        cells[2 * i + 1] = cpu_to_fdt64(ranges[i].size);
    }
    guest_dt_bytes(dt, "reg", cells, 2 * count * sizeof(*cells));
}

static bool has_name(const struct guest_dt_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->list[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* On the board, nodes of one name can lie on two buses, and here all are of the root; or the
 * address in their names is one that only their bus knows. */
const char *guest_dt_name(struct guest_dt_names *names, const char *name)
{
    const char *unique = name;
    size_t base = strcspn(name, "@");

    for (unsigned number = 2; has_name(names, unique); number++) {
        unique = text_format("%.*s-%u%s", (int)base, name, number, name + base);
    }
    *ARRAY_ADD(names->list, names->count) = unique;
    return unique;
}

const char *guest_dt_begin_top(struct guest_dt *dt, const char *name)
{
    const char *unique = guest_dt_name(&dt->names, name);

    guest_dt_begin(dt, unique);
    return text_format("/%s", unique);
}

/* On the board, what stands in an interrupt controller finds it there; here it names it, so it
 * needs a phandle in any case: one that differs from the board's and, by the node's place in the
 * blob, from each other. */
uint32_t guest_dt_phandle(const struct guest_dt *dt, int node)
{
    uint32_t phandle = fdt_get_phandle(dt->board, node);

    if (phandle == 0 && fdt_getprop(dt->board, node, "interrupt-controller", NULL) != NULL &&
        fdt_find_max_phandle(dt->board, &phandle) == 0) {
        phandle += 1 + (uint32_t)node / (uint32_t)FDT_TAGSIZE;
    }
    return phandle;
}

void guest_dt_copy_property(struct guest_dt *dt, int node, int property)
{
    const char *name;
    int length;
    const void *value = fdt_getprop_by_offset(dt->board, property, &name, &length);

    if (value != NULL &&
        (strcmp(name, "interrupts") == 0 || strcmp(name, "interrupts-extended") == 0)) {
        guest_dt_interrupts(dt, node, name);
    } else if (value != NULL) {
        guest_dt_bytes(dt, name, value, (size_t)length);
    }
}

static void write_tree(struct guest_dt *dt)
{
    guest_dt_begin(dt, "");
    guest_dt_text(dt, "compatible", "nagaya,vm");
    guest_dt_text(dt, "model", text_format("Nagaya VM %s", dt->vm->name));
    guest_dt_cell(dt, "#address-cells", 2);
    guest_dt_cell(dt, "#size-cells", 2);
    guest_dt_cell(dt, "interrupt-parent", guest_dt_phandle(dt, tree_gic(dt->board)));
    guest_dt_machine(dt);
    guest_dt_shared(dt);
    guest_dt_devices(dt);
    guest_dt_end(dt);
}

static int write_once(struct guest_dt *dt, uint32_t size)
{
    dt->tree = memory_new(size, 1);
    dt->error = 0;
    dt->names = (struct guest_dt_names){0};
    note(dt, fdt_create(dt->tree, (int)size));
    note(dt, fdt_finish_reservemap(dt->tree));
    write_tree(dt);
    note(dt, fdt_finish(dt->tree));
    return dt->error;
}

bool guest_dt_make(const struct system *system, const struct layout *layout, size_t vm,
                   const void **dtb, size_t *size)
{
    struct guest_dt dt = {
        .system = system,
        .whole = layout,
        .layout = &layout->vms[vm],
        .vm = &system->vms[vm],
        .board = system->board.dtb,
    };
    uint32_t room = FIRST_SIZE;

    while (write_once(&dt, room) == -FDT_ERR_NOSPACE && room < LAST_SIZE) {
        room *= 4;
    }
    if (dt.error != 0) {
        fatal("the device tree of vm %s cannot be written: %s", dt.vm->name,
              fdt_strerror(dt.error));
    }
    *dtb = dt.tree;
    *size = fdt_totalsize(dt.tree);
    if (*size > dt.layout->dtb_room) {
        error(dt.vm->location,
              "the device tree of vm %s has %zu bytes, its place only %llu; give the VM fewer "
              "devices",
              dt.vm->name, *size, (unsigned long long)dt.layout->dtb_room);
        return false;
    }
    return true;
}
