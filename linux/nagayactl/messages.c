/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl send, recv, ring */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel_end.h"
#include "json.h"
#include "nagayactl.h"

#define DEFAULT_POLL_MS 100

static bool wait(const struct arguments *arguments, struct channel_end *end, int *left_ms)
{
    return channel_end_wait(end, left_ms,
                            arguments->poll_ms > 0 ? arguments->poll_ms : DEFAULT_POLL_MS);
}

static int send_message(const struct arguments *arguments, struct channel_end *end,
                        const char *text, size_t length)
{
    int left_ms = arguments->timeout_ms;

    if (length > ring_message_max(&end->ring)) {
        return command_fail(arguments, "a message of %zu bytes is too long; channel %s takes %u",
                            length, end->channel.name, ring_message_max(&end->ring));
    }
    for (;;) {
        int result = channel_end_settle(end, ring_send(&end->ring, text, (uint32_t)length));

        if (result == RING_OK) {
            return STATUS_DONE;
        }
        if (result != RING_WOULD_BLOCK) {
            return command_fail(arguments, "channel %s: %s", end->channel.name,
                                channel_end_error(result));
        }
        if (ring_wait_to_send(&end->ring, (uint32_t)length) && !wait(arguments, end, &left_ms)) {
            return command_fail(arguments, "channel %s is full: %s", end->channel.name,
                                nagaya_error());
        }
    }
}

static int send_lines(const struct arguments *arguments, struct channel_end *end, uint64_t *count)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int status = STATUS_DONE;

    while (status == STATUS_DONE && (length = getline(&line, &room, stdin)) >= 0) {
        if (length > 0 && line[length - 1] == '\n') {
            length--;
        }
        status = send_message(arguments, end, line, (size_t)length);
        *count += status == STATUS_DONE;
    }
    free(line);
    return status;
}

/* What is sent stays in the channel: whoever is off misses nothing, but answers nothing either. */
static void tell_of_absence(const struct channel_end *end)
{
    const char *vm = end->channel.peers[0].vm;

    switch (nagaya_channel_status(&end->channel, 0).state) {
    case VM_STATUS_OFF:
        fprintf(stderr,
                "nagayactl: send: %s is off: this waits in the channel until it is started\n", vm);
        break;
    case VM_STATUS_LOST:
        fprintf(stderr,
                "nagayactl: send: %s is lost by a fault of the hypervisor: nobody takes this\n",
                vm);
        break;
    default:
        break;
    }
}

int send_command(const struct arguments *arguments)
{
    const char *text = arguments->word_count > 1 ? arguments->words[1] : "-";
    struct channel_end end;
    struct json json = {.out = stdout};
    uint64_t count = 0;
    int status;

    if (!channel_end_open(arguments->words[0], &end)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    tell_of_absence(&end);
    if (strcmp(text, "-") == 0) {
        status = send_lines(arguments, &end, &count);
    } else {
        status = send_message(arguments, &end, text, strlen(text));
        count = status == STATUS_DONE;
    }
    if (arguments->json) {
        json_open(&json, NULL, '{');
        json_text(&json, "channel", end.channel.name);
        json_number(&json, "sent", count);
        json_close(&json, '}');
    }
    channel_end_close(&end);
    return status;
}

/* Printable ASCII; a line end at the end is of no matter. */
static bool is_text(const unsigned char *bytes, size_t *size)
{
    size_t length = *size > 0 && bytes[*size - 1] == '\n' ? *size - 1 : *size;

    for (size_t i = 0; i < length; i++) {
        if ((bytes[i] < 0x20 || bytes[i] >= 0x7f) && bytes[i] != '\t') {
            return false;
        }
    }
    *size = length;
    return true;
}

static char *hexadecimal(const unsigned char *bytes, size_t size)
{
    char *text = malloc(2 * size + 1);

    for (size_t i = 0; text != NULL && i < size; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    if (text != NULL) {
        text[2 * size] = '\0';
    }
    return text;
}

static void print_message(const struct arguments *arguments, const struct channel_end *end,
                          const unsigned char *bytes, struct ring_message message)
{
    struct json json = {.out = stdout};
    size_t size = message.length;
    bool text = is_text(bytes, &size);
    char *digits = text ? NULL : hexadecimal(bytes, size);

    if (arguments->json) {
        json_open(&json, NULL, '{');
        json_text(&json, "channel", end->channel.name);
        json_number(&json, "generation", message.generation);
        json_number(&json, "length", message.length);
        if (text) {
            json_bytes(&json, "text", bytes, size);
        } else if (digits != NULL) {
            json_text(&json, "hex", digits);
        }
        json_close(&json, '}');
    } else if (text) {
        printf("%.*s\n", (int)size, (const char *)bytes);
    } else if (digits != NULL) {
        printf("0x%s\n", digits);
    }
    fflush(stdout);
    free(digits);
}

/* Words on standard error, as standard output is for the messages. */
static void tell_of_restart(const struct channel_end *end, uint32_t *generation, uint32_t now)
{
    if (*generation != 0 && now != *generation) {
        fprintf(stderr, "nagayactl: recv: %s opened channel %s again\n", end->channel.peers[0].vm,
                end->channel.name);
    }
    *generation = now;
}

static int receive_message(const struct arguments *arguments, struct channel_end *end,
                           unsigned char *buffer, struct ring_message *message)
{
    int left_ms = arguments->timeout_ms;

    for (;;) {
        int result = channel_end_settle(
            end, ring_receive(&end->ring, buffer, ring_message_max(&end->ring), message));

        if (result == RING_OK) {
            return STATUS_DONE;
        }
        if (result == RING_ERR_PEER) {
            channel_end_settle(end, ring_reset(&end->ring));
            return command_fail(arguments,
                                "channel %s: %s; its rings were emptied, so call it again",
                                end->channel.name, channel_end_error(result));
        }
        if (result != RING_WOULD_BLOCK) {
            return command_fail(arguments, "channel %s: %s", end->channel.name,
                                channel_end_error(result));
        }
        if (ring_wait_to_receive(&end->ring) && !wait(arguments, end, &left_ms)) {
            return command_fail(arguments, "%s", nagaya_error());
        }
    }
}

static int receive_messages(const struct arguments *arguments, struct channel_end *end)
{
    uint64_t count = arguments->follow ? UINT64_MAX : arguments->count > 0 ? arguments->count : 1;
    unsigned char *buffer = malloc(ring_message_max(&end->ring));
    struct ring_message message;
    uint32_t generation = 0;
    int status = STATUS_DONE;

    if (buffer == NULL) {
        return command_fail(arguments, "there is no memory left");
    }
    if (arguments->discard) {
        /* what is wrong with it is told when it receives */
        channel_end_settle(end, ring_discard(&end->ring));
    }
    while (status == STATUS_DONE && count-- > 0) {
        status = receive_message(arguments, end, buffer, &message);
        if (status == STATUS_DONE) {
            tell_of_restart(end, &generation, message.generation);
            print_message(arguments, end, buffer, message);
        }
    }
    free(buffer);
    return status;
}

int recv_command(const struct arguments *arguments)
{
    struct channel_end end;
    int status;

    if (!channel_end_open(arguments->words[0], &end)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    status = receive_messages(arguments, &end);
    channel_end_close(&end);
    return status;
}

int ring_command(const struct arguments *arguments)
{
    const char *vm = arguments->word_count > 1 ? arguments->words[1] : NULL;
    struct nagaya_channel channel;
    struct json json = {.out = stdout};
    uint64_t count = 0;

    if (!nagaya_channel_open(arguments->words[0], &channel)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    for (uint32_t peer = 0; peer < channel.peer_count; peer++) {
        if (vm == NULL || strcmp(vm, channel.peers[peer].vm) == 0) {
            nagaya_channel_ring(&channel, peer);
            count++;
        }
    }
    if (arguments->json) {
        json_open(&json, NULL, '{');
        json_text(&json, "channel", channel.name);
        json_number(&json, "rung", count);
        json_close(&json, '}');
    }
    nagaya_channel_close(&channel);
    return count > 0 ? STATUS_DONE
                     : command_fail(arguments, "VM %s is no other member of channel %s", vm,
                                    arguments->words[0]);
}
