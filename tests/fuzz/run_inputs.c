/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_inputs COUNT: gives a fuzzed program COUNT inputs, the same in each run.
 * run_inputs FILE...: gives it these, such as libFuzzer left behind when it found something.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define LONGEST 600U

static uint8_t input[1U << 20];

static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void run_random(unsigned long count)
{
    uint64_t random = 0;

    for (unsigned long i = 0; i < count; i++) {
        const size_t size = random_next(&random) % LONGEST;

        for (size_t byte = 0; byte < size; byte++) {
            input[byte] = (uint8_t)random_next(&random);
        }
        LLVMFuzzerTestOneInput(input, size);
    }
    printf("run_inputs: %lu inputs, nothing found\n", count);
}

static void run_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t size;

    if (file == NULL) {
        perror(name);
        exit(2);
    }
    size = fread(input, 1, sizeof(input), file);
    fclose(file);
    LLVMFuzzerTestOneInput(input, size);
    printf("run_inputs: %s, nothing found\n", name);
}

int main(int argument_count, char **arguments)
{
    char *end = NULL;
    unsigned long count = argument_count == 2 ? strtoul(arguments[1], &end, 10) : 0;

    if (end != NULL && *end == '\0') {
        run_random(count);
        return 0;
    }
    for (int i = 1; i < argument_count; i++) {
        run_file(arguments[i]);
    }
    return 0;
}
