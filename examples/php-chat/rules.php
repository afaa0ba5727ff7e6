<?php
/** The rules of the chat: who may join which room, and what may be said. Statecast asks them before it happens. */

declare(strict_types=1);

/** Who may be in a room; null is everybody. In a real chat it is a table of your database. */
const ROOMS = [
    'chat:lobby' => null,
    'chat:staff' => ['ada', 'grace'],
];

const FORBIDDEN = ['spam', 'scam'];
const MAX_LENGTH = 500;

/** Answers `hooks.subscribe`. */
function mayJoin(array $question): array
{
    $room = $question['channel'];
    if (!array_key_exists($room, ROOMS)) return refuse(404, 'there is no such room');
    $users = ROOMS[$room];
    if ($users !== null && !in_array($question['user'] ?? '', $users, true)) return refuse(403, 'this room is not for you');
    return ['result' => (object) []];
}

/** Answers `hooks.publish`. What it returns as data is published in place of what the user has sent. */
function mayPublish(array $question): array
{
    $text = $question['data']['text'] ?? null;
    if (!is_string($text) || trim($text) === '') return refuse(400, 'write something');
    if (strlen($text) > MAX_LENGTH) return refuse(400, 'this is too long');
    foreach (FORBIDDEN as $word) {
        if (stripos($text, $word) !== false) return refuse(403, "\"$word\" is not a word for this room");
    }
    return ['result' => ['data' => ['text' => trim($text)]]];
}

/** Codes of our own are from 400 to 1999. */
function refuse(int $code, string $message): array
{
    return ['error' => ['code' => $code, 'message' => $message]];
}
