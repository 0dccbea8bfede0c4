"""Lyrics that tests sing: with tags, with times, in Mandarin."""

POP = """[Verse 1]
I left my coffee on the window sill
The city hums and never will stand still
You called me up to say you'd be around
I dropped the phone and ran across the town

[Pre-Chorus]
And every light was turning green
The brightest night I've ever seen

[Chorus]
Hold on, hold on to the summer
We are running with the thunder
Don't let go, don't let it go under
Hold on, hold on to the summer

[Verse 2]
We drew a map of everywhere we'd been
With paper boats and a safety pin
You told me secrets that you never told
About a river and a house of gold

[Chorus]
Hold on, hold on to the summer
We are running with the thunder
Don't let go, don't let it go under
Hold on, hold on to the summer
"""

TIMED = """[00:08.20]The harbour lights are going down
[00:13.10]There's nobody left in this town
[00:18.40]I keep your letter by the door
[00:23.00]I don't know what I'm waiting for

[00:29.50]Oh, come home to the sea
[00:34.20]Come home to the quiet in me
[00:39.80]The tide has a way of returning
[00:44.60]And the lamp in the window is burning

[00:52.00]The winter came in through the floor
[00:56.70]And the gulls don't sing anymore
[01:01.50]I mended the boat and the sail
[01:06.10]And I wait for a kinder gale

[01:12.30]Oh, come home to the sea
[01:17.00]Come home to the quiet in me
[01:22.40]The tide has a way of returning
[01:27.20]And the lamp in the window is burning
"""

MANDARIN = """[主歌]
月光落在我的窗前
想起你那温柔的脸
风吹过了这条街
带走我的思念

[副歌]
请你慢慢走 my love
不要回头看我
天上的星星都知道
我还在这里等候
"""
