/* SPDX-License-Identifier: Apache-2.0 */
/* --type, piped standard input, and --end-when. */
#include "run_script.h"

#include <ctype.h>
#include <string.h>

#include "memory.h"

void script_start(struct script *script, const struct run_options *options)
{
    script->options = options;
    script->seen = memory_new(options->end_when_count, sizeof(*script->seen));
    script->typed = memory_new(options->type_count, sizeof(*script->typed));
}

void script_saw(struct script *script, const char *name, const char *line)
{
    for (size_t i = 0; i < script->options->end_when_count; i++) {
        const struct run_line *wanted = &script->options->end_when[i];

        if (strcmp(wanted->vm, name) == 0 && strstr(line, wanted->text) != NULL) {
            script->seen[i] = true;
        }
    }
}

size_t script_room(const struct script *script)
{
    return sizeof(script->piped) - script->piped_size;
}

void script_pipe(struct script *script, const char *bytes, size_t size)
{
    script->piped_end = size == 0;
    memcpy(script->piped + script->piped_size, bytes, size);
    script->piped_size += size;
}

/** @text's length without blanks at its end. */
static size_t trimmed(const char *text)
{
    size_t size = strlen(text);

    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t')) {
        size--;
    }
    return size;
}

/** Whether the first @size bytes of @line end with @end, capital letters or not. */
static bool ends_with(const char *line, size_t size, const char *end)
{
    size_t length = strlen(end);

    return length <= size && strncasecmp(line + size - length, end, length) == 0;
}

bool script_is_prompt(const char *line)
{
    static const char *const questions[] = {
        "login:", "username:", "user:", "password:", "passphrase:"};
    size_t size = trimmed(line);

    if (size == 0) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        if (ends_with(line, size, questions[i])) {
            return true;
        }
    }
    if (line[size - 1] == '%') { /* a shell's, not of something that is done by half */
        for (size--; size > 0 && line[size - 1] == ' '; size--)
            ;
        return size == 0 || !isdigit((unsigned char)line[size - 1]);
    }
    return strchr("$#>", line[size - 1]) != NULL &&
           (line[size] == ' ' || size == 1 || line[size - 1] == '>');
}

/** Whether a line is the one that --type waits for. */
static bool is_awaited(const struct run_line *typed, const char *line)
{
    if (typed->prompt == NULL) {
        return script_is_prompt(line);
    }

    size_t size = trimmed(line);
    size_t length = trimmed(typed->prompt);
    return length <= size && memcmp(line + size - length, typed->prompt, length) == 0;
}

/** What --type has next for @name, or NULL. */
static const struct run_line *next_typed(const struct script *script, const char *name)
{
    for (size_t i = 0; i < script->options->type_count; i++) {
        if (!script->typed[i] && strcmp(script->options->type[i].vm, name) == 0) {
            return &script->options->type[i];
        }
    }
    return NULL;
}

/** A line of standard input, or NULL if there is no whole one. */
static const char *take_piped(struct script *script)
{
    const char *end = memchr(script->piped, '\n', script->piped_size);
    size_t size = end != NULL ? (size_t)(end - script->piped) : script->piped_size;
    size_t taken = end != NULL ? size + 1 : size;

    if (taken == 0 || (end == NULL && !script->piped_end && script_room(script) > 0)) {
        return NULL;
    }
    memcpy(script->piped_line, script->piped, size);
    script->piped_line[size] = '\0';
    script->piped_size -= taken;
    memmove(script->piped, script->piped + taken, script->piped_size);
    return script->piped_line;
}

const char *script_next(struct script *script, const char *name, const char *line, bool keyboard)
{
    const struct run_line *typed = next_typed(script, name);

    if (typed != NULL && is_awaited(typed, line)) {
        script->typed[typed - script->options->type] = true;
        return typed->text;
    }
    /* Whatever leads to a prompt of its own may be in standard input. */
    bool free = typed == NULL || typed->prompt != NULL;
    return keyboard && free && script_is_prompt(line) ? take_piped(script) : NULL;
}

const char *script_next_piped(struct script *script, const char *name)
{
    return next_typed(script, name) == NULL ? take_piped(script) : NULL;
}

bool script_complete(const struct script *script)
{
    for (size_t i = 0; i < script->options->end_when_count; i++) {
        if (!script->seen[i]) {
            return false;
        }
    }
    return script->options->end_when_count > 0;
}

void script_report(const struct script *script, struct terminal *terminal,
                   const struct speaker *speaker)
{
    const struct run_options *options = script->options;

    for (size_t i = 0; i < options->end_when_count; i++) {
        if (!script->seen[i]) {
            terminal_say(terminal, speaker, "still waiting for '%s' of %s",
                         options->end_when[i].text, options->end_when[i].vm);
        }
    }
    for (size_t i = 0; i < options->type_count; i++) {
        if (!script->typed[i]) {
            terminal_say(terminal, speaker, "not typed, for %s has shown no %s%s%s: '%s'",
                         options->type[i].vm, options->type[i].prompt != NULL ? "'" : "prompt",
                         options->type[i].prompt != NULL ? options->type[i].prompt : "",
                         options->type[i].prompt != NULL ? "'" : "", options->type[i].text);
        }
    }
}
