/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya check: the command, and where it finds what an image is compared with. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "check_system.h"
#include "data_folder.h"

#define PATH_SIZE 4096

static const char usage[] =
    "usage: nagaya check [-q] [--engine FILE] [--board BOARD] [--system SYSTEM.yaml] IMAGE\n"
    "Shows of a finished image, from its bytes, that it keeps its VMs apart, and that it is what "
    "it should be.\n"
    "  -q, --quiet     print only what does not hold\n"
    "  --engine FILE   compare text, read-only data and policies with this engine; without it, "
    "with the one of the "
    "data\n"
    "                  folder; an empty FILE: with none\n"
    "  --board BOARD   compare with a board: its folder, or its name in the data folder's boards/; "
    "without it, with\n"
    "                  the one that SYSTEM.yaml names\n"
    "  --system FILE   compare with a system's file: levels, budgets, slices, fault actions, "
    "images...\n"
    "  --data DIR      the data folder, with boards/, guests/, hypervisor/, linux/\n"
    "  -h, --help      print this\n"
    "Exit status: 0 all properties hold that were checked, 1 some don't, 2 a file can't be read or "
    "is no image.\n";

enum {
    OPTION_ENGINE = 256,
    OPTION_BOARD,
    OPTION_SYSTEM,
    OPTION_DATA,
};

/** What was asked for on the command line. */
struct request {
    struct check_against against;
    const char *board;
    bool own_engine; /* --engine was given */
    bool quiet;
    char engines[PATH_SIZE]; /* the folder of the data folder's */
    char board_path[PATH_SIZE];
    char board_name[PATH_SIZE]; /* of the system's file */
};

static void find_engines(struct request *request)
{
    const char *folder = data_folder_find();
    if (!request->own_engine && folder != NULL) {
        snprintf(request->engines, PATH_SIZE, "%s/hypervisor", folder);
        request->against.engines = request->engines;
    }
}

/* A path, or a name in the data folder. */
static void find_board(struct request *request)
{
    if (request->board != NULL && strchr(request->board, '/') == NULL) {
        const char *folder = data_folder_find();
        snprintf(request->board_path, PATH_SIZE, "%s/boards/%s", folder != NULL ? folder : ".",
                 request->board);
        request->against.board = request->board_path;
    } else {
        request->against.board = request->board;
    }
}

static int run(struct request *request, const char *image)
{
    struct system_source system = {0};
    char why[IMAGE_FILE_WHY_SIZE];
    char *name = request->board_name;
    request->against.data = data_folder_find();
    find_engines(request);
    if (request->board == NULL && request->against.system != NULL &&
        system_source_open(request->against.system, NULL, &system, why)) {
        snprintf(name, PATH_SIZE, "%s",
                 config_word(&system.config, config_root(&system.config), "board", ""));
        request->board = name[0] != 0 ? name : NULL;
        system_source_close(&system);
    }
    find_board(request);
    return check_image(image, &request->against, request->quiet);
}

int check_command(int argc, char **argv)
{
    static const struct option options[] = {
        {"quiet", no_argument, NULL, 'q'},
        {"engine", required_argument, NULL, OPTION_ENGINE},
        {"board", required_argument, NULL, OPTION_BOARD},
        {"system", required_argument, NULL, OPTION_SYSTEM},
        {"data", required_argument, NULL, OPTION_DATA},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    static struct request request;
    optind = 0; /* start anew: the caller may have used getopt itself */
    for (int option; (option = getopt_long(argc, argv, "qh", options, NULL)) != -1;) {
        switch (option) {
        case 'q':
            request.quiet = true;
            break;
        case OPTION_ENGINE:
            request.own_engine = true;
            request.against.engine = optarg[0] != 0 ? optarg : NULL;
            break;
        case OPTION_BOARD:
            request.board = optarg;
            break;
        case OPTION_SYSTEM:
            request.against.system = optarg;
            break;
        case OPTION_DATA:
            data_folder_set(optarg);
            break;
        case 'h':
            fputs(usage, stdout);
            return CHECK_HOLDS;
        default:
            fputs(usage, stderr);
            return CHECK_UNREADABLE;
        }
    }
    if (optind + 1 != argc) {
        fputs(usage, stderr);
        return CHECK_UNREADABLE;
    }
    return run(&request, argv[optind]);
}
