/* SPDX-License-Identifier: Apache-2.0 */
/* Reads names and finds what they stand for (names.h). */
#include "names.h"

#include <string.h>

#include "diagnostics.h"
#include "suggest.h"
#include "yaml_value.h"

bool name_check(const char *name, struct source_location location, const char *what)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    bool sound = true;

    if (name[0] == '\0' || name[strspn(name, allowed)] != '\0') {
        error(location, "name: %s has other characters than letters, digits, - and _; rename %s",
              name, what);
        sound = false;
    }
    if (strlen(name) >= PLAN_NAME_SIZE) {
        error(location, "name: %s is longer than %u bytes; shorten it", name, PLAN_NAME_SIZE - 1);
        sound = false;
    }
    return sound;
}

const char *name_read(struct yaml_file *file, yaml_node_t *node, const char *what)
{
    const yaml_node_t *value = yaml_find(file, node, "name");
    const char *name = NAME_UNKNOWN;

    if (!yaml_read_text(file, value, "name", &name)) {
        return NAME_UNKNOWN;
    }
    name_check(name, yaml_location(file, value), what);
    return name;
}

uint32_t name_find_vm(const struct system *system, const char *key, struct named named)
{
    struct suggestion nearest = {.wanted = named.text, .keep = 1};

    bool all_known = system->vm_count != 0;

    for (uint32_t i = 0; i < system->vm_count; i++) {
        if (strcmp(system->vms[i].name, named.text) == 0) {
            return i;
        }
        all_known &= strcmp(system->vms[i].name, NAME_UNKNOWN) != 0;
        suggest_consider(&nearest, system->vms[i].name);
    }
    const char *advice = suggest_text(&nearest);
    if (!all_known && advice == NULL) {
        /* it may be the one whose name could not be read: that has been reported */
        return PLAN_NONE;
    }
    error(named.location, "%s: there is no vm %s; %s", key, named.text,
          advice != NULL ? advice : "name one of vms");
    return PLAN_NONE;
}
