<?php
/** Who is here, by what the webhooks tell. It is kept in a file; in a real chat it is a table of your database. */

declare(strict_types=1);

const REMEMBERED_EVENTS = 1000;

/** Takes the events of a webhook, and returns the people of each room that they are about. */
function takeEvents(array $events): array
{
    $file = fopen(peopleFile(), 'c+');
    flock($file, LOCK_EX);
    $known = json_decode(stream_get_contents($file) ?: '{}', true) + ['seen' => [], 'rooms' => []];
    $changed = [];
    foreach ($events as $event) {
        // An event that was not answered in time comes again.
        if (in_array($event['id'], $known['seen'], true)) continue;
        $known['seen'][] = $event['id'];
        $room = $event['channel'];
        if (in_array($event['type'], ['member.joined', 'member.back'], true)) {
            $known['rooms'][$room][$event['client']] = $event['user'] ?? '';
        } else {
            unset($known['rooms'][$room][$event['client']]);
        }
        $changed[$room] = peopleIn($known['rooms'][$room] ?? []);
    }
    $known['seen'] = array_slice($known['seen'], -REMEMBERED_EVENTS);
    rewind($file);
    ftruncate($file, 0);
    fwrite($file, json_encode($known));
    fclose($file);
    return $changed;
}

/** A user with two tabs is one person. */
function peopleIn(array $clients): array
{
    $people = array_values(array_unique($clients));
    sort($people);
    return $people;
}

function people(string $room): array
{
    $text = is_file(peopleFile()) ? file_get_contents(peopleFile()) : '{}';
    return peopleIn(json_decode($text, true)['rooms'][$room] ?? []);
}

function peopleFile(): string
{
    return __DIR__ . '/people.json';
}
