<?php
/** Who is here: Statecast knows it, and its webhooks tell when it changes. */

declare(strict_types=1);

/** The users in a room. One with two tabs is one person. */
function people(string $room): array
{
    $users = array_unique(array_column(statecast('presence', ['channel' => $room])['presence'], 'user'));
    sort($users);
    return $users;
}

/** Takes the events of a webhook. Each list is asked for anew, so an event that comes twice does no harm. */
function tellPeople(array $events): void
{
    foreach (array_unique(array_column($events, 'channel')) as $room) {
        // Without history: an old list is of no use to who comes later. No hook is asked about what we publish.
        statecast('publish', ['channel' => $room, 'data' => ['people' => people($room)], 'skip_history' => true]);
    }
}
