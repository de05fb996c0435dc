/* SPDX-License-Identifier: Apache-2.0 */
#include "run_cpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

#define FIRST_64_BIT 35 /* Cortex-A35: those with smaller numbers have 32 bits */

/* QEMU's list has 32-bit CPUs and microcontrollers too. */
static bool is_64_bit(const char *model)
{
    return strcmp(model, "max") == 0 || strcmp(model, "a64fx") == 0 ||
           strncmp(model, "neoverse-", 9) == 0 ||
           (strncmp(model, "cortex-a", 8) == 0 && strtol(model + 8, NULL, 10) >= FIRST_64_BIT);
}

const char *cpu_read_model(const char *line, const char *cpu, const char *list, bool *found)
{
    char model[64] = "";

    if (line[0] != ' ' || sscanf(line, " %63s", model) != 1) {
        return list; /* the list's head */
    }
    *found |= strlen(model) == strcspn(cpu, ",") && strncmp(model, cpu, strlen(model)) == 0;
    return is_64_bit(model) ? text_join(list, ", ", model) : list;
}

bool cpu_model_is_known(const char *executable, const char *cpu)
{
    FILE *answer = popen(text_format("'%s' -cpu help 2>/dev/null", executable), "re");
    const char *list = "";
    bool found = false;
    char line[256];

    while (answer != NULL && fgets(line, sizeof(line), answer) != NULL) {
        list = cpu_read_model(line, cpu, list, &found);
    }
    if (answer != NULL) {
        pclose(answer);
    }
    if (found || *list == '\0') {
        return true;
    }
    fprintf(stderr,
            "nagaya run: --cpu %s: QEMU has no such model; of those with 64 bits it has %s\n", cpu,
            list);
    return false;
}
