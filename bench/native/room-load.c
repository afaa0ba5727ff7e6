/*
 * A load generator apart from bench/load: rooms in which one member speaks, in C, with epoll and one thread. It shares no
 * code with the other one, so that a figure which both give is not made by the generator.
 *
 *   room-load PORT PATH CONNECTIONS ROOMS WINDOW LINES OPENING JOIN MESSAGE ACK
 *
 * Connection k is in room k mod ROOMS; the first ROOMS connections speak. OPENING ("" for none) is sent first, and JOIN
 * when it is answered; both wait for one answer. In JOIN and MESSAGE, "%r" is the number of the room. LINES is 1 if a frame
 * is one or more lines, which are counted apart. A frame or line that contains ACK answers a message; all others are
 * deliveries.
 *
 * It prints "ready" when all have joined. Then each line "go MS" on stdin has the speakers keep WINDOW messages on their
 * way for so many milliseconds: each answer is followed by one message. It waits until all is answered, and prints as JSON
 * what came in that time, and what came in all.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_EVENTS 1024
#define READ_SIZE 65536
#define SETTLE_SECONDS 20

enum stage { UPGRADING, OPENING, JOINING, JOINED };

struct bytes {
  char *data;
  size_t length;
  size_t room;
};

struct connection {
  int fd;
  int index;
  enum stage stage;
  int waits_for_write;
  struct bytes in;
  struct bytes out;
};

static const char *path, *opening, *join_text, *message_text, *ack;
static int port, connection_count, room_count, window_size, has_lines;
static int epoll;
static struct connection *connections;
static int joined;
static int is_speaking;
static uint64_t sent, answered, delivered;

static void fail(const char *what) {
  fprintf(stderr, "room-load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void reserve(struct bytes *bytes, size_t more) {
  if (bytes->length + more <= bytes->room) return;
  bytes->room = (bytes->length + more) * 2;
  bytes->data = realloc(bytes->data, bytes->room);
  if (bytes->data == NULL) fail("memory");
}

static void append(struct bytes *bytes, const void *data, size_t length) {
  reserve(bytes, length);
  memcpy(bytes->data + bytes->length, data, length);
  bytes->length += length;
}

static void drop_first(struct bytes *bytes, size_t length) {
  memmove(bytes->data, bytes->data + length, bytes->length - length);
  bytes->length -= length;
}

static void listen_to(struct connection *connection, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(epoll, operation, connection->fd, &event) != 0) fail("epoll_ctl");
}

/* Writes what waits, as far as the socket takes it. */
static void flush(struct connection *connection) {
  struct bytes *out = &connection->out;
  while (out->length > 0) {
    ssize_t written = send(connection->fd, out->data, out->length, MSG_NOSIGNAL);
    if (written < 0) {
      if (errno != EAGAIN) fail("send");
      break;
    }
    drop_first(out, (size_t)written);
  }
  int waits = out->length > 0;
  if (waits == connection->waits_for_write) return;
  connection->waits_for_write = waits;
  listen_to(connection, EPOLL_CTL_MOD, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* A masked frame whose mask is zero, so that its bytes are the text. */
static void add_frame(struct connection *connection, int opcode, const char *text, size_t length) {
  unsigned char head[8] = {(unsigned char)(0x80 | opcode)};
  size_t head_length = 2;
  if (length < 126) {
    head[1] = (unsigned char)(0x80 | length);
  } else {
    head[1] = 0x80 | 126;
    head[2] = (unsigned char)(length >> 8);
    head[3] = (unsigned char)length;
    head_length = 4;
  }
  append(&connection->out, head, head_length);
  append(&connection->out, "\0\0\0\0", 4);
  append(&connection->out, text, length);
}

static void add_text(struct connection *connection, const char *text) {
  char expanded[4096];
  size_t length = 0;
  for (const char *next = text; *next != '\0'; next += 1) {
    if (length + 16 > sizeof expanded) fail("a text is too long");
    if (next[0] == '%' && next[1] == 'r') {
      length += (size_t)sprintf(expanded + length, "%d", connection->index % room_count);
      next += 1;
    } else {
      expanded[length] = *next;
      length += 1;
    }
  }
  add_frame(connection, 1, expanded, length);
}

static void speak(struct connection *connection) {
  add_text(connection, message_text);
  sent += 1;
}

static void begin_join(struct connection *connection) {
  connection->stage = JOINING;
  add_text(connection, join_text);
}

static void hear(struct connection *connection, const char *text, size_t length) {
  switch (connection->stage) {
    case UPGRADING:
      break;
    case OPENING:
      begin_join(connection);
      break;
    case JOINING:
      connection->stage = JOINED;
      joined += 1;
      break;
    case JOINED:
      if (memmem(text, length, ack, strlen(ack)) == NULL) {
        delivered += 1;
        break;
      }
      answered += 1;
      if (is_speaking) speak(connection);
      break;
  }
}

static void hear_lines(struct connection *connection, const char *text, size_t length) {
  while (length > 0) {
    const char *end = memchr(text, '\n', length);
    size_t line = end == NULL ? length : (size_t)(end - text);
    if (line > 0) hear(connection, text, line);
    size_t step = end == NULL ? length : line + 1;
    text += step;
    length -= step;
  }
}

/* Returns the length of the response's head, or 0 if it is not all there. */
static size_t take_upgrade(struct connection *connection) {
  struct bytes *in = &connection->in;
  char *end = memmem(in->data, in->length, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  if (memcmp(in->data, "HTTP/1.1 101", 12) != 0) fail("the handshake was refused");
  connection->stage = OPENING;
  if (*opening == '\0') begin_join(connection);
  else add_text(connection, opening);
  return (size_t)(end - in->data) + 4;
}

static void take_frames(struct connection *connection) {
  struct bytes *in = &connection->in;
  size_t at = 0;
  if (connection->stage == UPGRADING) {
    at = take_upgrade(connection);
    if (at == 0) return;
  }
  while (in->length - at >= 2) {
    const unsigned char *head = (const unsigned char *)in->data + at;
    size_t head_length = 2;
    uint64_t length = head[1] & 127;
    if (length >= 126) head_length = length == 126 ? 4 : 10;
    if (in->length - at < head_length) break;
    if (length >= 126) {
      length = 0;
      for (size_t index = 2; index < head_length; index += 1) length = length << 8 | head[index];
    }
    if (in->length - at < head_length + length) break;
    const char *text = (const char *)head + head_length;
    int opcode = head[0] & 15;
    if (opcode == 9) add_frame(connection, 10, text, length);
    else if (opcode == 8) fail("the server has closed a connection");
    else if (has_lines) hear_lines(connection, text, length);
    else hear(connection, text, length);
    at += head_length + length;
  }
  drop_first(in, at);
}

static void receive(struct connection *connection) {
  struct bytes *in = &connection->in;
  reserve(in, READ_SIZE);
  ssize_t length = recv(connection->fd, in->data + in->length, READ_SIZE, 0);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) fail("a connection is lost");
  in->length += (size_t)length;
  take_frames(connection);
  flush(connection);
}

static void turn(int wait_ms) {
  struct epoll_event events[MAX_EVENTS];
  int count = epoll_wait(epoll, events, MAX_EVENTS, wait_ms);
  for (int index = 0; index < count; index += 1) {
    struct connection *connection = events[index].data.ptr;
    if (events[index].events & EPOLLOUT) flush(connection);
    if (events[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(connection);
  }
}

static void connect_one(int index) {
  struct connection *connection = &connections[index];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  connection->index = index;
  connection->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection->fd, (void *)&address, sizeof address) != 0) fail("connect");
  int on = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(connection->fd, F_SETFL, O_NONBLOCK);
  listen_to(connection, EPOLL_CTL_ADD, EPOLLIN);
  char request[1024];
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        path, port);
  append(&connection->out, request, (size_t)length);
  flush(connection);
}

static void open_all(void) {
  double deadline = now() + SETTLE_SECONDS;
  /* Not all at once: a queue of new connections has a bound. */
  for (int started = 0; joined < connection_count;) {
    for (; started < connection_count && started - joined < 128; started += 1) connect_one(started);
    turn(100);
    if (now() > deadline) fail("not all have joined");
  }
}

static void measure(int ms) {
  for (double idle = now() + 0.02; now() < idle;) turn(5);
  sent = answered = delivered = 0;
  double start = now(), end = start + ms / 1e3;
  is_speaking = 1;
  for (int index = 0; index < room_count; index += 1) {
    for (int count = 0; count < window_size; count += 1) speak(&connections[index]);
    flush(&connections[index]);
  }
  while (now() < end) turn(50);
  is_speaking = 0;
  double seconds = now() - start;
  uint64_t delivered_in_time = delivered;
  uint64_t due = sent * (uint64_t)(connection_count / room_count);
  for (double deadline = now() + SETTLE_SECONDS; answered < sent || delivered < due;) {
    turn(50);
    if (now() > deadline) fail("messages are lost");
  }
  for (double idle = now() + 0.02; now() < idle;) turn(5);
  if (delivered != due) fail("there are too many deliveries");
  printf("{\"seconds\":%.6f,\"deliveries\":%llu,\"total\":%llu}\n", seconds, (unsigned long long)delivered_in_time,
         (unsigned long long)delivered);
}

int main(int count, char **values) {
  if (count != 11) {
    fprintf(stderr, "usage: room-load PORT PATH CONNECTIONS ROOMS WINDOW LINES OPENING JOIN MESSAGE ACK\n");
    return 2;
  }
  port = atoi(values[1]);
  path = values[2];
  connection_count = atoi(values[3]);
  room_count = atoi(values[4]);
  window_size = atoi(values[5]);
  has_lines = atoi(values[6]);
  opening = values[7];
  join_text = values[8];
  message_text = values[9];
  ack = values[10];
  struct rlimit files = {1 << 16, 1 << 16};
  setrlimit(RLIMIT_NOFILE, &files);
  setvbuf(stdout, NULL, _IOLBF, 0);
  epoll = epoll_create1(0);
  connections = calloc((size_t)connection_count, sizeof *connections);
  open_all();
  printf("ready\n");
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  char line[64];
  for (;;) {
    /* Pings are answered between measurements too. */
    turn(0);
    if (poll(&input, 1, 20) == 0) continue;
    if (fgets(line, sizeof line, stdin) == NULL) return 0;
    if (strncmp(line, "go ", 3) == 0) measure(atoi(line + 3));
  }
}
