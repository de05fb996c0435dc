/* SPDX-License-Identifier: Apache-2.0 */
/* Runs nagaya-check (check_program.h). */
#include "check_program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data_folder.h"
#include "diagnostics.h"
#include "memory.h"

extern char **environ;

static const char *program_path(void)
{
    const char *folder = data_folder_of_program();

    if (folder == NULL) {
        fatal("cannot find out where nagaya itself lies (/proc/self/exe), and so not where "
              "nagaya-check does");
    }
    return text_format("%s/nagaya-check", folder);
}

/* Its arguments, with the program's name and the data folder that was given. */
static size_t arguments_begin(char *words[], const char *path)
{
    const char *data = data_folder_given();
    size_t count = 0;

    words[count++] = text_format("%s", path);
    if (data != NULL) {
        words[count++] = text_format("--data");
        words[count++] = text_format("%s", data);
    }
    return count;
}

static int spawn(const char *path, char *const words[], bool silent, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);

    if (error == 0 && silent) {
        error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    if (error == 0) {
        error = posix_spawn(child, path, &actions, NULL, words, environ);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int check_program_run(const char *const *arguments, bool silent)
{
    const char *path = program_path();
    char *words[CHECK_ARGUMENTS_MAX + 4];
    size_t count = arguments_begin(words, path);
    pid_t child;
    int status;

    for (; *arguments != NULL; arguments++) {
        words[count++] = text_format("%s", *arguments);
    }
    words[count] = NULL;
    fflush(stdout);
    int error = spawn(path, words, silent, &child);
    if (error != 0) {
        fatal("cannot run %s: %s; build or install nagaya again", path, strerror(error));
    }
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            fatal("cannot wait for %s: %s", path, strerror(errno));
        }
    }
    if (!WIFEXITED(status)) {
        fatal("%s was killed by signal %d", path, WTERMSIG(status));
    }
    return WEXITSTATUS(status);
}

int check_program_become(int argc, char **argv)
{
    const char *path = program_path();
    char **words = memory_new((size_t)argc + 3, sizeof(*words));
    size_t count = arguments_begin(words, path);

    for (int i = 1; i < argc; i++) {
        words[count++] = argv[i];
    }
    words[count] = NULL;
    execv(path, words);
    fprintf(stderr, "nagaya: cannot run %s: %s; build or install nagaya again\n", path,
            strerror(errno));
    return 2;
}
