/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linux_test.h"
#include "nagayactl.h"

#define WORDS 16

struct outcome outcome;

/* As tmpfile(), but quicker. */
static FILE *memory_file(void)
{
    return fdopen(memfd_create("nagayactl", MFD_CLOEXEC), "w+");
}

/* Puts a file in the place of a standard stream; the stream itself. */
static int redirect(int stream, FILE *file)
{
    int kept = dup(stream);

    assert_true(kept >= 0 && file != NULL && dup2(fileno(file), stream) == stream);
    return kept;
}

static void restore(int stream, int kept)
{
    dup2(kept, stream);
    close(kept);
}

static void read_back(FILE *file, char *text, size_t room)
{
    rewind(file);
    text[fread(text, 1, room - 1, file)] = '\0';
    fclose(file);
}

int run_with(const char *input, const char *const words[])
{
    char copies[WORDS][256];
    char *argv[WORDS + 1] = {"nagayactl"};
    int argc = 1;
    FILE *in = memory_file(), *out = memory_file(), *err = memory_file();

    for (; words[argc - 1] != NULL; argc++) {
        snprintf(copies[argc - 1], sizeof(copies[0]), "%s", words[argc - 1]);
        argv[argc] = copies[argc - 1];
    }
    if (input != NULL) {
        fputs(input, in);
    }
    rewind(in);
    fflush(stdout);
    int kept_in = redirect(STDIN_FILENO, in), kept_out = redirect(STDOUT_FILENO, out);
    int kept_err = redirect(STDERR_FILENO, err);
    clearerr(stdin);
    rewind(stdin);
    outcome.status = nagayactl(argc, argv);
    fflush(stdout);
    restore(STDIN_FILENO, kept_in);
    restore(STDOUT_FILENO, kept_out);
    restore(STDERR_FILENO, kept_err);
    fclose(in);
    read_back(out, outcome.out, sizeof(outcome.out));
    read_back(err, outcome.err, sizeof(outcome.err));
    return outcome.status;
}
