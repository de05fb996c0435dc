/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each tests/unit/bad/NAME.yaml holds one kind of mistake; its lines after "#= " are, to the
 * letter, what the user is told. A case is read in a process of its own, so that nothing is left
 * over from the one before.
 */
#include "front_tests.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diagnostics.h"
#include "memory.h"

#define OUTPUT_LIMIT 16384

static const char *read_expected(const char *path)
{
    FILE *file = fopen(path, "rb");
    const char *expected = "";
    char line[OUTPUT_LIMIT];

    if (file == NULL) {
        fail_msg("%s cannot be read", path);
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "#= ", 3) == 0) {
            expected = text_format("%s%s", expected, line + 3);
        }
    }
    fclose(file);
    return expected;
}

static _Noreturn void read_in_child(const char *folder, const char *name, bool notes, int output)
{
    static const int crashes[] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS};
    static struct system system;

    /* cmocka's handlers would go on with the next test, here in the child. */
    for (size_t i = 0; i < COUNT_OF(crashes); i++) {
        signal(crashes[i], SIG_DFL);
    }
    if (dup2(output, STDERR_FILENO) < 0 || chdir(folder) != 0) {
        _exit(3);
    }
    bool sound = system_read(name, front_data, &system);
    if (!sound || notes) { /* else there are notes at most */
        errors_print();
    }
    _exit(sound ? 0 : 1);
}

static const char *read_pipe(int end)
{
    char *text = memory_new(OUTPUT_LIMIT, 1);
    size_t size = 0;
    ssize_t got;

    while (size < OUTPUT_LIMIT - 1 && (got = read(end, text + size, OUTPUT_LIMIT - 1 - size)) > 0) {
        size += (size_t)got;
    }
    return text;
}

/* The data folder is where the build puts it; the expected text says DATA. */
static const char *hide_data_folder(const char *text)
{
    const char *result = "";
    const char *found;

    while ((found = strstr(text, front_data)) != NULL) {
        result = text_format("%s%.*sDATA", result, (int)(found - text), text);
        text = found + strlen(front_data);
    }
    return text_format("%s%s", result, text);
}

/* Notes are no mistakes. */
static bool has_mistakes(const char *output)
{
    for (const char *line = output; *line != '\0'; line += strcspn(line, "\n") + 1) {
        const char *note = strstr(line, ": note: ");

        if (note == NULL || note > line + strcspn(line, "\n")) {
            return true;
        }
    }
    return false;
}

static const char *read_apart(const char *folder, const char *name, bool notes)
{
    int ends[2];
    int status;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        read_in_child(folder, name, notes, ends[1]);
    }
    close(ends[1]);
    const char *output = hide_data_folder(read_pipe(ends[0]));
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != has_mistakes(output)) {
        fail_msg("%s: status 0x%x after: %s", name, (unsigned)status, output);
    }
    return output;
}

const char *front_mistakes(const char *folder, const char *name)
{
    return read_apart(folder, name, false);
}

const char *front_notes(const char *folder, const char *name)
{
    return read_apart(folder, name, true);
}

static void test_mistake_is_reported(void **state)
{
    const char *name = *state;
    const char *expected = read_expected(text_format("%s/%s.yaml", front_bad_folder, name));

    assert_string_not_equal(expected, "");
    assert_string_equal(front_mistakes(front_bad_folder, text_format("%s.yaml", name)), expected);
}

static int is_case(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

int run_bad_tests(void)
{
    struct dirent **entries;
    int count = scandir(front_bad_folder, &entries, is_case, alphasort);
    struct CMUnitTest *tests = memory_new((size_t)(count > 0 ? count : 1), sizeof(*tests));

    if (count <= 0) {
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char *name = text_format("%.*s", (int)strlen(entries[i]->d_name) - 5, entries[i]->d_name);

        tests[i] = (struct CMUnitTest){
            .name = name, .test_func = test_mistake_is_reported, .initial_state = name};
    }
    return _cmocka_run_group_tests("mistakes", tests, (size_t)count, NULL, NULL);
}
