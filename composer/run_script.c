/* SPDX-License-Identifier: Apache-2.0 */
/* --type and --end-when. */
#include "run_script.h"

#include <string.h>

#include "memory.h"

void script_start(struct script *script, const struct run_options *options)
{
    script->options = options;
    script->seen = memory_new(options->end_when_count, sizeof *script->seen);
    script->typed = memory_new(options->type_count, sizeof *script->typed);
}

void script_saw(struct script *script, const char *name, const char *line)
{
    for (size_t i = 0; i < script->options->end_when_count; i++) {
        const struct run_line *wanted = &script->options->end_when[i];

        if (strcmp(wanted->vm, name) == 0 && strstr(line, wanted->text) != NULL)
            script->seen[i] = true;
    }
}

const char *script_next(struct script *script, const char *name)
{
    for (size_t i = 0; i < script->options->type_count; i++) {
        if (script->typed[i] || strcmp(script->options->type[i].vm, name) != 0)
            continue;
        script->typed[i] = true;
        return script->options->type[i].text;
    }
    return NULL;
}

bool script_complete(const struct script *script)
{
    for (size_t i = 0; i < script->options->end_when_count; i++)
        if (!script->seen[i])
            return false;
    return script->options->end_when_count > 0;
}

void script_report(const struct script *script, struct terminal *terminal, const struct speaker *speaker)
{
    for (size_t i = 0; i < script->options->end_when_count; i++)
        if (!script->seen[i])
            terminal_say(terminal, speaker, "still waiting for '%s' of %s", script->options->end_when[i].text,
                         script->options->end_when[i].vm);
}
