/* SPDX-License-Identifier: Apache-2.0 */
/* Reads options and words of a command line. Options stand anywhere before `--`. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nagayactl.h"

static const struct option {
    char letter;
    const char *name;
    bool has_value;
} options[] = {
    {'j', "json", false},    {'1', "once", false},     {'f', "follow", false},
    {'w', "no-wait", false}, {'s', "no-start", false}, {'d', "discard", false},
    {'F', "force", false},   {'n', "count", true},     {'t', "timeout", true},
    {'i', "interval", true}, {'p', "poll", true},
};

static bool complain(const struct command *command, const char *what, const char *word)
{
    fprintf(stderr, "nagayactl: %s: %s%s%s; nagayactl %s --help shows what it takes\n",
            command->name, what, word != NULL ? " " : "", word != NULL ? word : "", command->name);
    return false;
}

static bool takes(const struct command *command, char letter)
{
    return letter == 'j' || strchr(command->options, letter) != NULL;
}

/* Finds the option in @word; @value is set if it follows in the same word. */
static const struct option *find(const struct command *command, const char *word,
                                 const char **value)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        size_t length = strlen(options[i].name);

        if (!takes(command, options[i].letter)) {
            continue;
        }
        *value = NULL;
        if (word[1] == options[i].letter && (word[2] == '\0' || options[i].has_value)) {
            *value = word[2] != '\0' ? word + 2 : NULL;
            return &options[i];
        }
        if (word[1] == '-' && strncmp(word + 2, options[i].name, length) == 0 &&
            (word[2 + length] == '\0' || (word[2 + length] == '=' && options[i].has_value))) {
            *value = word[2 + length] == '=' ? word + 3 + length : NULL;
            return &options[i];
        }
    }
    return NULL;
}

static bool read_count(const char *text, uint64_t *count)
{
    char *end;

    errno = 0;
    *count = strtoull(text, &end, 10);
    return errno == 0 && isdigit((unsigned char)text[0]) && *end == '\0' && *count > 0;
}

/* Seconds with decimals, up to a day. */
static bool read_seconds(const char *text, int *ms)
{
    char *end;
    double seconds = strtod(text, &end);

    if (!(isdigit((unsigned char)text[0]) || text[0] == '.') || *end != '\0' ||
        !(seconds >= 0 && seconds <= 86400)) {
        return false;
    }
    *ms = (int)(seconds * 1000);
    return true;
}

static bool apply(char letter, const char *value, struct arguments *arguments)
{
    switch (letter) {
    case 'j':
        return arguments->json = true;
    case '1':
        return arguments->once = true;
    case 'f':
        return arguments->follow = true;
    case 'w':
        return arguments->no_wait = true;
    case 's':
        return arguments->no_start = true;
    case 'd':
        return arguments->discard = true;
    case 'F':
        return arguments->force = true;
    case 'n':
        return read_count(value, &arguments->count);
    case 't':
        return read_seconds(value, &arguments->timeout_ms);
    case 'p':
        return read_seconds(value, &arguments->poll_ms) && arguments->poll_ms > 0;
    default:
        return read_seconds(value, &arguments->interval_ms) && arguments->interval_ms > 0;
    }
}

/* An option at argv[*at], with its value perhaps in the next word. */
static bool read_option(const struct command *command, int argc, char **argv, int *at,
                        struct arguments *arguments)
{
    const char *value;
    const struct option *option = find(command, argv[*at], &value);

    if (option == NULL) {
        return complain(command, "there is no option", argv[*at]);
    }
    if (option->has_value && value == NULL) {
        if (*at + 1 == argc) {
            return complain(command, "a value is missing after", argv[*at]);
        }
        value = argv[++*at];
    }
    if (!apply(option->letter, value != NULL ? value : "", arguments)) {
        return complain(command, "this is no proper value for the option before it:", value);
    }
    return true;
}

bool arguments_read(const struct command *command, int argc, char **argv,
                    struct arguments *arguments)
{
    bool options_end = false;

    *arguments =
        (struct arguments){.command = command->name, .timeout_ms = FOR_EVER, .words = argv};
    for (int at = 0; at < argc; at++) {
        if (!options_end && strcmp(argv[at], "--") == 0) {
            options_end = true;
        } else if (!options_end && argv[at][0] == '-' && argv[at][1] != '\0') {
            if (!read_option(command, argc, argv, &at, arguments)) {
                return false;
            }
        } else {
            argv[arguments->word_count++] = argv[at];
        }
    }
    if (arguments->word_count < command->words_least) {
        return complain(command, "a name is missing", NULL);
    }
    if (arguments->word_count > command->words_most) {
        return complain(command, "too many words, from here:", argv[command->words_most]);
    }
    if (arguments->follow && arguments->count > 0) {
        return complain(command, "--follow and --count exclude each other", NULL);
    }
    return true;
}
