/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of nagayactl in one table. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nagayactl.h"

/* What the help says of options that several commands take. */
#define NO_WAIT(until) "  -w, --no-wait           don't wait until it " until "\n"
#define TIMEOUT(what)  "  -t, --timeout SECONDS   wait so long " what "\n"
#define COUNT(what)    "  -n, --count N           " what "\n"
#define ONCE(what)     "  -1, --once              " what "\n"
#define POLL(what)                                                                                 \
    "  -p, --poll SECONDS      look for " what                                                     \
    " that often, whether the doorbell has rung or not; 0.1\n"
#define WAITS(until) NO_WAIT(until) TIMEOUT("at most; 60")
#define FORCE                                                                                      \
    "  -F, --force             don't ask if it is this VM itself, which ends with all that runs "  \
    "in it\n"

static const char list_help[] = "Shows all VMs: level, CPUs, state, how often they were restarted, "
                                "and why they changed last.\n";
static const char top_help[] =
    "Shows what each vCPU costs: its share of a shared CPU, exits into the hypervisor a second, "
    "the longest way\n"
    "through the hypervisor, how often it wanted more than its budget, and its exits by class, "
    "those that there are.\n"
    "Refreshes on a screen until q.\n"
    "\n"
    "  -i, --interval SECONDS  time between two pictures; 1\n" COUNT("end after N of them")
        ONCE("one picture, of all that happened since the machine was switched on");
static const char log_help[] =
    "Shows the hypervisor's log: what is in its rings, which hold 64 lines a CPU.\n"
    "\n"
    "  -f, --follow            then what comes, until Ctrl-C\n" COUNT("the last N lines only")
        ONCE("as without --follow");
static const char faults_help[] =
    "Shows what is known of each exception inside the hypervisor: a mistake of its own "
    "or of the hardware's, by which a\n"
    "CPU has stopped, and the VMs on it are lost. Nothing: there was none.\n"
    "\n"
    "  -f, --follow            then wait for the next one, until Ctrl-C\n";
static const char start_help[] =
    "Starts a VM that is off, with its memory as at the first boot or as loaded.\n"
    "\n" WAITS("runs");
static const char stop_help[] = "Switches a VM off, whatever it does.\n"
                                "\n" FORCE WAITS("is off");
static const char restart_help[] = "Stops a VM and starts it with its memory as at the first boot "
                                   "or as loaded; one that is off is started.\n"
                                   "\n" FORCE WAITS("runs again");
static const char load_help[] = "Gives a VM that is off another program, an ELF file or a raw "
                                "image, and starts it. All of FILE is checked before\n"
                                "anything is written: it must fit the VM's RAM and its room "
                                "(reload: in the system's file), and begin at the\n"
                                "same entry as the image that the system was composed with.\n"
                                "\n"
                                "  -s, --no-start          don't start it\n" WAITS("runs");
static const char send_help[] =
    "Sends TEXT as one message; without it or with -, each line of standard input as one.\n"
    "\n" TIMEOUT("for space in the channel; for ever") POLL("space");
static const char recv_help[] =
    "Receives one message, each as a line; one that is no text is shown in hexadecimal, as 0x...\n"
    "\n" COUNT("receive N messages") "  -f, --follow            receive until Ctrl-C\n"
                                     "  -d, --discard           throw away first what was sent "
                                     "before\n" TIMEOUT("for each message; for ever")
                                         POLL("messages");
static const char ring_help[] =
    "Rings the doorbell of a channel: that of VM, or those of all its other members.\n";

static const char pet_help[] =
    "Pets this VM's watchdog, again and again until Ctrl-C or the end of this process.\n"
    "\n"
    "  -i, --interval SECONDS  time between two; a quarter of the watchdog's period\n" COUNT(
        "end after N of them") ONCE("pet it once");

static const struct command commands[] = {
    {"list", "", list_help, "", 0, 0, list_command},
    {"top", "[--interval SECONDS] [--count N] [--once]", top_help, "in1", 0, 0, top_command},
    {"log", "[--follow | --count N]", log_help, "fn1", 0, 0, log_command},
    {"faults", "[--follow]", faults_help, "f", 0, 0, faults_command},
    {"start", "[--no-wait] VM", start_help, "wt", 1, 1, start_command},
    {"stop", "[--force] [--no-wait] VM", stop_help, "Fwt", 1, 1, stop_command},
    {"restart", "[--force] [--no-wait] VM", restart_help, "Fwt", 1, 1, restart_command},
    {"load", "[--no-start] VM FILE", load_help, "swt", 2, 2, load_command},
    {"send", "[--timeout SECONDS] [--poll SECONDS] CHANNEL [TEXT|-]", send_help, "tp", 1, 2,
     send_command},
    {"recv", "[--count N | --follow] [--discard] [--timeout SECONDS] [--poll SECONDS] CHANNEL",
     recv_help, "nfdtp", 1, 1, recv_command},
    {"ring", "CHANNEL [VM]", ring_help, "", 1, 2, ring_command},
    {"pet", "[--interval SECONDS] [--count N | --once]", pet_help, "in1", 0, 0, pet_command},
};

static void print_usage(FILE *out)
{
    fputs("usage: nagayactl COMMAND ...\n\n", out);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        fprintf(out, "  nagayactl %s%s%s\n", commands[i].name,
                commands[i].synopsis[0] != '\0' ? " " : "", commands[i].synopsis);
    }
    fputs("  nagayactl COMMAND --help\n"
          "\n"
          "  -j, --json  with any command: its output as JSON, an object a line\n"
          "  -h, --help  this text, or the command's\n"
          "\n"
          "list, top, log, faults, start, stop, restart and load are for the manager VM.\n"
          "Exit status: 0 done; 1 it could not be done, standard error says why; 2 the command "
          "line makes no sense.\n",
          out);
}

static void print_help(const struct command *command)
{
    printf("usage: nagayactl %s%s%s\n\n%s\n  -j, --json              output as JSON, an object a "
           "line\n"
           "  -h, --help              this text\n",
           command->name, command->synopsis[0] != '\0' ? " " : "", command->synopsis,
           command->help);
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct arguments arguments;

    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (asks_for_help(argv[i])) {
            print_help(command);
            return STATUS_DONE;
        }
    }
    if (!arguments_read(command, argc, argv, &arguments)) {
        return STATUS_USAGE;
    }
    return command->run(&arguments);
}

int nagayactl(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return STATUS_USAGE;
    }
    if (asks_for_help(argv[1])) {
        print_usage(stdout);
        return STATUS_DONE;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return run(&commands[i], argc - 2, argv + 2);
        }
    }
    fprintf(stderr, "nagayactl: there is no command %s; nagayactl --help shows those there are\n",
            argv[1]);
    return STATUS_USAGE;
}

int command_fail(const struct arguments *arguments, const char *format, ...)
{
    va_list list;

    fprintf(stderr, "nagayactl: %s: ", arguments->command);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    return STATUS_FAILED;
}
